using Microsoft.AspNetCore.Identity;
using OtpNet;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Codes of an app (TOTP, RFC 6238), and recovery codes for the day on which it is lost.</summary>
sealed class SecondFactor(
    UserManager<Account> accounts,
    AccountTries tries,
    SignInLog log,
    AccountOptions options,
    TimeProvider time
)
{
    const string Provider = "second-factor",
        Key = "key",
        NewKey = "new-key",
        AppName = "ClearanceEngine";

    const int KeyBytes = 20;

    /// <summary>Identity's recovery codes: two groups of five, a hyphen between them.</summary>
    const int RecoveryGroup = 5;

    const int CodeLength = 6;

    /// <summary>The app's clock may be a step (30 s) off.</summary>
    static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>The key that is to be enrolled; the same until it is, or the account's stamp is another.</summary>
    public async Task<string> Begin(Account account)
    {
        if (await Begun(account) is { } begun)
            return begun;
        var key = Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(KeyBytes));
        var stored = $"{key} {account.SecurityStamp}";
        Done(await accounts.SetAuthenticationTokenAsync(account, Provider, NewKey, stored));
        return key;
    }

    /// <summary>A key that was begun is none any more: whoever saw it may not be the account's person.</summary>
    public async Task DropBegun(Account account) =>
        Done(await accounts.RemoveAuthenticationTokenAsync(account, Provider, NewKey));

    /// <summary>The address that apps read, of a key.</summary>
    public static string Address(Account account, string key) =>
        $"otpauth://totp/{AppName}:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer={AppName}&digits={CodeLength}&period=30";

    /// <summary>Enrols the key that was begun, when the app shows its code.</summary>
    /// <returns>New recovery codes, told once; null where the code is not the app's.</returns>
    public async Task<IReadOnlyList<string>?> Enrol(
        Account account,
        string code,
        CancellationToken cancellationToken
    )
    {
        if (await Begun(account) is not { } key)
            return null;
        if (!await IsOf(key, account, code, cancellationToken))
            return null;

        Done(await accounts.SetAuthenticationTokenAsync(account, Provider, Key, key));
        await DropBegun(account);
        var codes = await NewRecoveryCodes(account);
        Done(await accounts.SetTwoFactorEnabledAsync(account, true));
        log.Enrolled(account);
        return codes;
    }

    /// <summary>Recovery codes in the place of the former ones, told once.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodes(Account account) =>
        [.. await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, options.RecoveryCodes) ?? []];

    /// <summary>True for a code of the app, or a recovery code; each serves once.</summary>
    public async Task<bool> Takes(Account account, string code, CancellationToken cancellationToken)
    {
        if (IsRecoveryCode(code))
            return await Redeem(account, code.ToUpperInvariant());
        return code.Length == CodeLength
            && code.All(char.IsAsciiDigit)
            && await accounts.GetAuthenticationTokenAsync(account, Provider, Key) is { } key
            && await IsOf(key, account, code, cancellationToken);
    }

    /// <summary>It is gone: the account enrols another when it next signs in.</summary>
    public async Task TakeOut(Account account)
    {
        Done(await accounts.RemoveAuthenticationTokenAsync(account, Provider, Key));
        await DropBegun(account);
        await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, 0);
        Done(await accounts.SetTwoFactorEnabledAsync(account, false));
    }

    async Task<bool> Redeem(Account account, string code)
    {
        if (!(await accounts.RedeemTwoFactorRecoveryCodeAsync(account, code)).Succeeded)
            return false;
        log.RecoveryCodeUsed(account);
        return true;
    }

    /// <summary>Identity splits what it stores and compares the parts: when all codes are used, an empty one is among them.</summary>
    static bool IsRecoveryCode(string code) =>
        code.Length == 2 * RecoveryGroup + 1
        && code[RecoveryGroup] == '-'
        && code.Count(char.IsAsciiLetterOrDigit) == 2 * RecoveryGroup;

    /// <summary>It was begun under the stamp that the account still has: another password, or an administrator, ends it.</summary>
    async Task<string?> Begun(Account account)
    {
        var stored = await accounts.GetAuthenticationTokenAsync(account, Provider, NewKey);
        var parts = stored?.Split(' ', 2) ?? [];
        return parts.Length == 2 && parts[1] == account.SecurityStamp ? parts[0] : null;
    }

    async Task<bool> IsOf(string key, Account account, string code, CancellationToken cancellationToken)
    {
        var totp = new Totp(Base32Encoding.ToBytes(key), totpSize: CodeLength);
        return totp.VerifyTotp(time.GetUtcNow().UtcDateTime, code, out var step, Window)
            && await tries.TakeStep(account.Id, step, cancellationToken);
    }

    /// <summary>Nothing of it can be refused but by a row that changed meanwhile.</summary>
    static void Done(IdentityResult result) => AccountChange.Done(result);
}
