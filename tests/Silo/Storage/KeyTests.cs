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

    [Theory]
    [InlineData("parcel\np/1", "parcel\np/2")]
    [InlineData("parcel\np/1", "subscriber\np/1")]
    [InlineData("journal\nparcel\np/1\n1", "journal\nparcel\np/1\n2")]
    public void What_stands_in_another_place_does_not_decrypt(string place, string other)
    {
        var protection = Ring(1, ("1", Zeros));
        var stored = protection.Protect("clear"u8, place);

        Assert.Equal("clear"u8.ToArray(), protection.Unprotect(stored, place));
        Assert.Throws<InvalidDataException>(() => protection.Unprotect(stored, other));
    }

    [Fact]
    public void A_place_may_be_as_long_as_a_key_can_be()
    {
        var protection = Ring(1, ("1", Zeros));
        var place = new string('单', 1000);
        var stored = protection.Protect("clear"u8, place);

        Assert.Equal("clear"u8.ToArray(), protection.Unprotect(stored, place));
        Assert.Throws<InvalidDataException>(() => protection.Unprotect(stored, place + "1"));
    }

    /// <summary>Whoever has two messages under one key and nonce has what they differ in, and can forge more.</summary>
    [Fact]
    public void No_two_messages_have_the_same_key_and_nonce_however_many_are_made_at_once()
    {
        const int messagesPerSalt = 1000,
            messages = 20_000;
        var protection = new StateProtection(Options(1, ("1", Zeros)), messagesPerSalt);
        var stored = new byte[messages][];
        Parallel.For(0, messages, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            stored[i] = protection.Protect("clear"u8, $"{i}")
        );

        Assert.Equal(messages, stored.Select(SaltAndCounter).Distinct().Count());
        Assert.Equal(
            messages / messagesPerSalt,
            stored.Select(s => SaltAndCounter(s)[..32]).Distinct().Count()
        );
        Assert.All(stored.Index(), s =>
            Assert.Equal("clear"u8.ToArray(), protection.Unprotect(s.Item, $"{s.Index}"))
        );
    }

    [Fact]
    public void Each_process_has_a_salt_of_its_own_and_takes_another_when_it_is_used_up()
    {
        var options = Options(1, ("1", Zeros));
        var one = new StateProtection(options, messagesPerSalt: 2);
        byte[][] stored =
        [
            .. Enumerable.Range(0, 5).Select(_ => one.Protect("clear"u8, "here")),
            new StateProtection(options).Protect("clear"u8, "here"),
        ];

        var salts = stored.Select(s => SaltAndCounter(s)[..32]).ToList();
        Assert.Equal([salts[0], salts[0], salts[2], salts[2], salts[4], salts[5]], salts);
        Assert.Equal(4, salts.Distinct().Count());
        Assert.InRange(StateProtection.MessagesPerSalt, 1, 1 << 20);
    }

    /// <summary>More salts than are kept: rows of many years and many silos, read by many at once.</summary>
    [Fact]
    public void Any_number_of_salts_is_read()
    {
        var writer = new StateProtection(Options(1, ("1", Zeros)), messagesPerSalt: 1);
        var stored = Enumerable.Range(0, 1000).Select(_ => writer.Protect("clear"u8, "here")).ToList();
        var reader = Ring(1, ("1", Zeros));

        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal("clear"u8.ToArray(), reader.Unprotect(stored[i % stored.Count], "here"))
        );
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
        new(Options(current, keys));

    static StateKeyOptions Options(int current, params (string Id, string Key)[] keys) =>
        new() { Current = current, Ring = keys.ToDictionary(k => k.Id, k => k.Key) };

    /// <summary>As hex: 16 bytes of salt, 4 of the counter.</summary>
    static string SaltAndCounter(byte[] stored) => Convert.ToHexString(stored.AsSpan(2, 20));
}
