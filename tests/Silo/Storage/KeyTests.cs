using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>Key ring and key file.</summary>
public sealed class KeyTests
{
    static readonly string Zeros = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void What_was_protected_comes_back_and_never_looks_the_same_twice()
    {
        var protection = Ring(1, ("1", Zeros));
        var one = protection.Protect("clear"u8, "here");
        Assert.Equal("clear"u8.ToArray(), protection.Unprotect(one, "here"));
        Assert.NotEqual(one, protection.Protect("clear"u8, "here"));
        Assert.Empty(protection.Unprotect(protection.Protect([], "here"), "here"));
    }

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        var protection = Ring(1, ("1", Zeros));
        var stored = protection.Protect("clear"u8, "here");
        for (var i = 0; i < stored.Length; i++)
        {
            var changed = (byte[])stored.Clone();
            changed[i] ^= 1;
            Assert.Throws<InvalidDataException>(() => protection.Unprotect(changed, "here"));
        }
        Assert.Throws<InvalidDataException>(() => protection.Unprotect(stored, "there"));
        Assert.Throws<InvalidDataException>(() => protection.Unprotect(stored.AsSpan(0, 20), "here"));
    }

    [Fact]
    public void Another_key_of_the_same_id_is_named_as_the_cause()
    {
        var stored = Ring(3, ("3", Zeros)).Protect("clear"u8, "here");
        var error = Assert.Throws<InvalidDataException>(() =>
            Ring(3, ("3", Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray())))
                .Unprotect(stored, "here")
        );
        Assert.Contains("key 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "0", null, "Storage:Keys:Ring:0 = ***: .*must be 1 to 255")]
    [InlineData(1, "256", null, "Storage:Keys:Ring:256 = ***: .*must be 1 to 255")]
    [InlineData(1, "one", null, "Storage:Keys:Ring:one = ***: .*must be 1 to 255")]
    [InlineData(1, "1", "not base64!", "Storage:Keys:Ring:1 = ***: .*base64 of 32 bytes")]
    [InlineData(1, "1", "AAAA", "Storage:Keys:Ring:1 = ***: .*base64 of 32 bytes")]
    [InlineData(2, "1", null, "Storage:Keys:Current = 2: .*it has 1")]
    [InlineData(257, "1", null, "Storage:Keys:Current = 257: .*1 to 255")]
    public void A_ring_that_cannot_work_says_why(int current, string id, string? key, string reason)
    {
        var options = new StateKeyOptions { Current = current, Ring = { [id] = key ?? Zeros } };
        var lines = SettingsCheck.Of("Storage:Keys", options).Select(f => f.ToString());
        Assert.Contains(lines, l =>
            Regex.IsMatch(l, reason.Replace("***", @"\*\*\*", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Processes_that_make_the_key_file_at_once_use_the_same_keys()
    {
        var directory = Directory.CreateTempSubdirectory("clearance-keys-");
        try
        {
            var path = Path.Combine(directory.FullName, "data");
            var keys = await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(_ =>
                        Task.Run(() => DevelopmentKeys.LoadOrCreate(path, Path.Combine(path, "no.db")))
                    )
            );
            Assert.Single(keys.Distinct());
            Assert.Equal(keys[0], DevelopmentKeys.LoadOrCreate(path, Path.Combine(path, "no.db")));
            Assert.Equal(
                (32, 32),
                (
                    Convert.FromBase64String(keys[0].StateKey).Length,
                    Convert.FromBase64String(keys[0].IdentityKey).Length
                )
            );
            Assert.NotEqual(keys[0].StateKey, keys[0].IdentityKey);
            var file = Assert.Single(Directory.GetFiles(path));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"StateKey\": \"AA")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_damaged_key_file_is_never_replaced(string content)
    {
        var directory = Directory.CreateTempSubdirectory("clearance-keys-");
        try
        {
            var path = Path.Combine(directory.FullName, "keys.json");
            File.WriteAllText(path, content);
            var error = Assert.Throws<InvalidDataException>(() =>
                DevelopmentKeys.LoadOrCreate(directory.FullName, "no.db")
            );
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllText(path));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>What is stored of keys is compared for as long as their database lives: its form never changes.</summary>
    [Fact]
    public void A_fingerprint_is_of_the_key_and_of_its_name_and_stays_what_it_is()
    {
        var key = Convert.FromBase64String(Zeros);

        Assert.Equal("d47c4071e0ba8c83", KeyFingerprint.Of(key, "Identity:HmacKey"));
        Assert.NotEqual(
            KeyFingerprint.Of(key, "Storage:Keys:Ring:1"),
            KeyFingerprint.Of(key, "Identity:HmacKey")
        );
        key[31] ^= 1;
        Assert.NotEqual("d47c4071e0ba8c83", KeyFingerprint.Of(key, "Identity:HmacKey"));
    }

    static StateProtection Ring(int current, params (string Id, string Key)[] keys) =>
        new(new StateKeyOptions { Current = current, Ring = keys.ToDictionary(k => k.Id, k => k.Key) });
}
