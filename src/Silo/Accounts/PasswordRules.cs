using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What a password must be (NIST SP 800-63B): long, not the name, not one sign again and again. No rules of composition, which make people write them down.</summary>
sealed class PasswordRules(AccountOptions options) : IPasswordValidator<Account>
{
    public const int Longest = 128;

    const int FewestDifferent = 5;

    /// <summary>What everybody here thinks of first.</summary>
    const string Product = "clearance";

    /// <summary>For the page.</summary>
    public string Text =>
        $"至少 {options.PasswordLength} 个字符，至多 {Longest} 个，不含账户名与 clearance，不是连续的字母或数字，至少 {FewestDifferent} 个不同字符，且不同于原密码。At least {options.PasswordLength} characters and at most {Longest}, without the account's name and the word clearance, no letters or digits in a row, of at least {FewestDifferent} different ones, and not the former password.";

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(
            IsGood(manager, user, password ?? "")
                ? IdentityResult.Success
                : IdentityResult.Failed(new IdentityError { Code = "password" })
        );

    bool IsGood(UserManager<Account> manager, Account user, string password)
    {
        if (password.Length < options.PasswordLength || password.Length > Longest)
            return false;
        if (password.Distinct().Count() < FewestDifferent)
            return false;
        if (password.Contains(user.UserName!, StringComparison.OrdinalIgnoreCase))
            return false;
        if (password.Contains(Product, StringComparison.OrdinalIgnoreCase) || IsSequence(password))
            return false;
        return user.PasswordHash is null
            || manager.PasswordHasher.VerifyHashedPassword(user, user.PasswordHash, password)
                == PasswordVerificationResult.Failed;
    }

    /// <summary>More than half of its signs repeat the one before, or are the next or the former in order.</summary>
    static bool IsSequence(string password)
    {
        var steps = password.Zip(password.Skip(1), (one, next) => Math.Abs(next - one));
        return steps.Count(step => step <= 1) > password.Length / 2;
    }
}
