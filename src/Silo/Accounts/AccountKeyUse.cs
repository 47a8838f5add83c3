using System.Xml.Linq;
using ClearanceEngine.Silo.Storage;
using Microsoft.EntityFrameworkCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Whether something of accounts needs a key of the ring: their keys and secrets are few, and each has the key's number in front.</summary>
static class AccountKeyUse
{
    /// <summary>Also where accounts are off now: they may be turned on again.</summary>
    public static async Task<bool> IsEncryptedWith(byte id, StorageOptions storage, AccountOptions options)
    {
        await using var connections = new AccountConnections(storage, options);
        var builder = new DbContextOptionsBuilder<AccountsContext>();
        connections.Use(builder);
        await using var context = new AccountsContext(builder.Options);

        var signing = await context.SigningKeys.Select(key => key.Wrapped).ToListAsync();
        var secrets = await context.UserTokens.Select(secret => secret.Value).ToListAsync();
        var protection = await context.DataProtectionKeys.Select(key => key.Xml).ToListAsync();
        return signing
            .Concat(secrets.OfType<string>().Select(Convert.FromBase64String))
            .Concat(protection.OfType<string>().SelectMany(Wrapped))
            .Any(stored => stored[0] == id);
    }

    static IEnumerable<byte[]> Wrapped(string xml) =>
        XElement.Parse(xml).Descendants(StateKeyXml.Element).Select(e => Convert.FromBase64String(e.Value));
}
