namespace ClearanceEngine.Silo.Accounts;

/// <summary>
/// What becomes of accounts at the pages, for whoever watches them; none has anything of a password or a code. Lines of failures are as
/// many as there are tries: an account that is locked, or is not there, brings none (those are counted by FailedSignIns).
/// </summary>
sealed partial class SignInLog(ILogger<SignInLog> logger)
{
    public void SignedIn(Account account) => LogSignedIn(logger, account.UserName!);

    public void SignedOut(Account account) => LogSignedOut(logger, account.UserName!);

    public void WrongPassword(Account account) => LogWrongPassword(logger, account.UserName!);

    public void WrongCode(Account account) => LogWrongCode(logger, account.UserName!);

    public void Locked(Account account) => LogLocked(logger, account.UserName!);

    public void RecoveryCodeUsed(Account account) => LogRecoveryCodeUsed(logger, account.UserName!);

    public void Enrolled(Account account) => LogEnrolled(logger, account.UserName!);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Account} signed in.")]
    static partial void LogSignedIn(ILogger logger, string account);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Account} signed out; all its sessions ended.")]
    static partial void LogSignedOut(ILogger logger, string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A password for {Account} was wrong.")]
    static partial void LogWrongPassword(ILogger logger, string account);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A code for {Account}, whose password was right, was wrong."
    )]
    static partial void LogWrongCode(ILogger logger, string account);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Account} is locked after too many tries; accounts unlock lets it try again at once."
    )]
    static partial void LogLocked(ILogger logger, string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A recovery code of {Account} was used.")]
    static partial void LogRecoveryCodeUsed(ILogger logger, string account);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Account} enrolled a second factor.")]
    static partial void LogEnrolled(ILogger logger, string account);
}
