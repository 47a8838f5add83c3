using System.Security.Cryptography;
using ClearanceEngine.Access;
using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What proves that somebody is an account's person, and what comes next of a sign-in.</summary>
sealed class SignIn(
    UserManager<Account> accounts,
    AccountTries tries,
    SecondFactor factor,
    SignInLog log,
    AccountOptions options,
    TimeProvider time
)
{
    static readonly Account Nobody = new();

    static string? _nobodysHash;

    /// <summary>The account of a name and a password; null for a wrong one, an unknown one, one that is locked or disabled. Each costs the same and is told the same.</summary>
    public async Task<Account?> ByPassword(string name, string password, CancellationToken cancellationToken)
    {
        if (!AccountRules.MayBeName(name))
        {
            Matches(null, password);
            return null;
        }

        var account = await accounts.FindByNameAsync(name);
        var mayTry = await tries.Take(account?.Id ?? "", cancellationToken);
        var matches = Matches(account, password);
        if (!mayTry || !matches)
        {
            await TellWrong(account, mayTry, log.WrongPassword, cancellationToken);
            return null;
        }

        if (account is not { IsEnabled: true })
            return null;
        var hasEnded =
            account.PasswordEnds > 0 && account.PasswordEnds < time.GetUtcNow().ToUnixTimeMilliseconds();
        return hasEnded ? null : account;
    }

    /// <summary>True where the password is the account's; no try is counted.</summary>
    bool Matches(Account? account, string password)
    {
        var hash = account?.PasswordHash ?? NobodysHash();
        var result = accounts.PasswordHasher.VerifyHashedPassword(account ?? Nobody, hash, password);
        return account?.PasswordHash is not null && result != PasswordVerificationResult.Failed;
    }

    /// <summary>In a session that somebody left open, the password is what only its person knows. A wrong one is a try; a right one gives it back, whatever comes of what is asked.</summary>
    public async Task<bool> Confirms(Account account, string password, CancellationToken cancellationToken)
    {
        var mayTry = await tries.Take(account.Id, cancellationToken);
        if (!mayTry || !Matches(account, password))
        {
            await TellWrong(account, mayTry, log.WrongPassword, cancellationToken);
            return false;
        }
        await tries.Forget(account.Id, cancellationToken);
        return true;
    }

    /// <summary>True for a code of the second factor, or a recovery code.</summary>
    public async Task<bool> ByCode(Account account, string code, CancellationToken cancellationToken)
    {
        var mayTry = await tries.Take(account.Id, cancellationToken);
        if (mayTry && await factor.Takes(account, code, cancellationToken))
            return true;
        await TellWrong(account, mayTry, log.WrongCode, cancellationToken);
        return false;
    }

    /// <summary>Gives it another password, if that may be one; its other sessions end.</summary>
    public async Task<bool> Change(Account account, string password)
    {
        foreach (var rule in accounts.PasswordValidators)
        {
            if (!(await rule.ValidateAsync(accounts, account, password)).Succeeded)
                return false;
        }

        account.PasswordHash = accounts.PasswordHasher.HashPassword(account, password);
        account.MustChangePassword = false;
        account.PasswordEnds = 0;
        await factor.DropBegun(account);
        AccountChange.Done(await accounts.UpdateSecurityStampAsync(account));
        return true;
    }

    /// <summary>The step that an account must still take; <see cref="SignInStep.None"/> where it may come in.</summary>
    /// <param name="account">Whose password was right.</param>
    /// <param name="hasSecondFactor">Its second factor was, too.</param>
    public SignInStep Next(Account account, bool hasSecondFactor)
    {
        if (account.TwoFactorEnabled && !hasSecondFactor)
            return SignInStep.SecondFactor;
        if (!account.TwoFactorEnabled && NeedsSecondFactor(account))
            return SignInStep.Enrol;
        return account.MustChangePassword ? SignInStep.Password : SignInStep.None;
    }

    /// <summary>The query is asked for nobody as well, so that the time does not tell who is there. What comes while an account is locked is told no more: a guesser must not fill the log.</summary>
    async Task TellWrong(
        Account? account,
        bool mayTry,
        Action<Account> tell,
        CancellationToken cancellationToken
    )
    {
        var isLocked = await tries.IsLocked(account?.Id ?? "", cancellationToken);
        if (account is null || !mayTry)
            return;

        tell(account);
        if (isLocked)
            log.Locked(account);
    }

    /// <summary>A company reaches what is its own; all others reach everyone's, or say what is true of goods.</summary>
    bool NeedsSecondFactor(Account account) =>
        options.SecondFactor && WireRoles.Read(account.Roles).Any(role => role != Role.Company);

    /// <summary>Verified where there is no account: as slow as any.</summary>
    string NobodysHash() =>
        _nobodysHash ??= accounts.PasswordHasher.HashPassword(
            Nobody,
            Convert.ToHexString(RandomNumberGenerator.GetBytes(16))
        );
}

/// <summary>A step of a sign-in.</summary>
enum SignInStep
{
    /// <summary>None is left.</summary>
    None,

    /// <summary>A code of the second factor.</summary>
    SecondFactor,

    /// <summary>A second factor must be enrolled.</summary>
    Enrol,

    /// <summary>A password of its own must be chosen.</summary>
    Password,
}
