using System.Globalization;
using System.Security.Cryptography;
using ClearanceEngine.Silo.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>A key that signs tokens.</summary>
/// <param name="Number">Its place among them.</param>
/// <param name="SignsFrom">From then on it signs.</param>
/// <param name="Key">With its private part.</param>
sealed record TokenKey(int Number, DateTimeOffset SignsFrom, ECDsaSecurityKey Key);

/// <summary>The keys that sign tokens, in the database, each encrypted with the key of the state.</summary>
sealed class SigningKeyStore(IDbContextFactory<AccountsContext> contexts, StateProtection protection)
{
    /// <summary>All of them, the oldest first.</summary>
    public async Task<IReadOnlyList<TokenKey>> Read(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context
            .SigningKeys.AsNoTracking()
            .OrderBy(row => row.Number)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(Unwrapped)];
    }

    /// <summary>Makes a key. Where another silo has made that number meanwhile, nothing is done: its key is everybody's.</summary>
    public async Task Add(int number, DateTimeOffset signsFrom, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var clear = key.ExportPkcs8PrivateKey();
        var wrapped = protection.Protect(clear, Place(number));
        CryptographicOperations.ZeroMemory(clear);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.SigningKeys.Add(
            new SigningKeyRow
            {
                Number = number,
                SignsFrom = signsFrom.ToUnixTimeMilliseconds(),
                Wrapped = wrapped,
            }
        );
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            if (!await IsThere(number, cancellationToken))
                throw;
        }
    }

    /// <summary>Takes a key out, and those before it.</summary>
    public async Task Remove(int number, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.SigningKeys.Where(row => row.Number <= number).ExecuteDeleteAsync(cancellationToken);
    }

    async Task<bool> IsThere(int number, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.SigningKeys.AnyAsync(row => row.Number == number, cancellationToken);
    }

    TokenKey Unwrapped(SigningKeyRow row)
    {
        var clear = protection.Unprotect(row.Wrapped, Place(row.Number));
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(clear, out _);
        CryptographicOperations.ZeroMemory(clear);

        var id = $"{row.Number.ToString(CultureInfo.InvariantCulture)}-{Thumbprint(key)}";
        return new TokenKey(
            row.Number,
            DateTimeOffset.FromUnixTimeMilliseconds(row.SignsFrom),
            new ECDsaSecurityKey(key) { KeyId = id }
        );
    }

    static string Thumbprint(ECDsa key) =>
        Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));

    static string Place(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"account-signing-key/{number}");
}
