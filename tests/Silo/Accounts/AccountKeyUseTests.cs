using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>A key of the ring that something of accounts needs cannot be let go (<c>keys forget</c>).</summary>
public sealed class AccountKeyUseTests
{
    [Theory]
    [InlineData("account_signing_key")]
    [InlineData("account_secret")]
    [InlineData("account_protection_key")]
    public async Task What_is_encrypted_with_a_key_holds_it(string table)
    {
        await using var database = await SqliteTestDatabase.Create();
        await using (
            var door = await DoorHost.Start(
                database,
                TimeProvider.System,
                "--Access:Accounts:Issuer=https://port.test/",
                "--Door:KnownProxies:0=127.0.0.1"
            )
        )
        {
            using var browser = new Browser(door);
            var first = await PeopleTests.Add(door, Role.Operator);
            await browser.BeginWithSecondFactor(
                PeopleTests.Name,
                first,
                PeopleTests.Password,
                DateTimeOffset.UtcNow
            );
        }
        foreach (var other in (string[])["account_signing_key", "account_secret", "account_protection_key"])
        {
            if (other != table)
                await database.Query($"DELETE FROM {other}");
        }

        Assert.True(await AccountKeyUse.IsEncryptedWith(1, database.Options(), new AccountOptions()));
        Assert.False(await AccountKeyUse.IsEncryptedWith(2, database.Options(), new AccountOptions()));
        await database.Query($"DELETE FROM {table}");
        Assert.False(await AccountKeyUse.IsEncryptedWith(1, database.Options(), new AccountOptions()));
    }
}
