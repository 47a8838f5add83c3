using Microsoft.AspNetCore.Identity;
using OtpNet;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Codes of an app (TOTP, RFC 6238), and recovery codes for the day on which it is lost.</summary>
sealed class SecondFactor(
    UserManager<Account> accounts,
    AccountTries tries,
    AccountOptions options,
    TimeProvider time
)
{
    const string Provider = "second-factor",
        Key = "key",
        NewKey = "new-key",
        AppName = "ClearanceEngine";

    const int KeyBytes = 20;

    const int CodeLength = 6;

    /// <summary>The app's clock may be a step (30 s) off.</summary>
    static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>The key that is to be enrolled; the same until it is.</summary>
    public async Task<string> Begin(Account account)
    {
        if (await accounts.GetAuthenticationTokenAsync(account, Provider, NewKey) is { } begun)
            return begun;
        var key = Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(KeyBytes));
        Done(await accounts.SetAuthenticationTokenAsync(account, Provider, NewKey, key));
        return key;
    }

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
        if (await accounts.GetAuthenticationTokenAsync(account, Provider, NewKey) is not { } key)
            return null;
        if (!await IsOf(key, account, code, cancellationToken))
            return null;

        Done(await accounts.SetAuthenticationTokenAsync(account, Provider, Key, key));
        Done(await accounts.RemoveAuthenticationTokenAsync(account, Provider, NewKey));
        var codes = await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, options.RecoveryCodes);
        Done(await accounts.SetTwoFactorEnabledAsync(account, true));
        return [.. codes ?? []];
    }

    /// <summary>True for a code of the app, or a recovery code; each serves once.</summary>
    public async Task<bool> Takes(Account account, string code, CancellationToken cancellationToken)
    {
        if (code.Length != CodeLength || !code.All(char.IsAsciiDigit))
            return (
                await accounts.RedeemTwoFactorRecoveryCodeAsync(account, code.ToUpperInvariant())
            ).Succeeded;
        return await accounts.GetAuthenticationTokenAsync(account, Provider, Key) is { } key
            && await IsOf(key, account, code, cancellationToken);
    }

    /// <summary>It is gone: the account enrols another when it next signs in.</summary>
    public async Task TakeOut(Account account)
    {
        Done(await accounts.RemoveAuthenticationTokenAsync(account, Provider, Key));
        Done(await accounts.RemoveAuthenticationTokenAsync(account, Provider, NewKey));
        await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, 0);
        Done(await accounts.SetTwoFactorEnabledAsync(account, false));
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
