using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using Microsoft.Extensions.Time.Testing;
using static ClearanceEngine.Tests.Hsm.SigningTest;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>Questions after keys: answered from what is known, asked in the background, bounded in time.</summary>
public sealed class KeyDirectoryTests : IDisposable
{
    readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    readonly HsmOptions _options = new() { LookupTime = TimeSpan.FromSeconds(3) };
    readonly FakeToken _token = new();
    readonly KeyDirectory _keys;

    public KeyDirectoryTests() => _keys = new KeyDirectory(_token, _options, _time);

    public void Dispose()
    {
        _token.HangAtLookups.Set();
        _keys.Dispose();
    }

    [Fact]
    public async Task What_is_known_is_answered_at_once_while_the_token_hangs()
    {
        await _keys.Find(Participant, CancellationToken.None);
        _token.HangAtLookups.Reset();
        _time.Advance(_options.KeyCacheTime * 3);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_keys.Find(Participant, CancellationToken.None).AsTask().IsCompletedSuccessfully);
            Assert.True(
                _keys
                    .Belongs(Participant, FakeToken.Certificate, CancellationToken.None)
                    .AsTask()
                    .IsCompletedSuccessfully
            );
        }
        await Eventually(() => _token.Lookups == 2, "asked again in the background, by one thread");
    }

    [Fact]
    public async Task What_is_not_known_waits_a_bounded_time_on_no_thread_of_its_own()
    {
        _token.HangAtLookups.Reset();
        var asked = Enumerable
            .Range(0, 500)
            .Select(i => _keys.Find($"99999{i:00000}", CancellationToken.None).AsTask())
            .ToList();
        await Eventually(() => _token.Lookups == 1, "one question is with the token");
        Assert.All(asked, a => Assert.False(a.IsCompleted));

        _time.Advance(_options.LookupTime);
        foreach (var one in asked)
            await Assert.ThrowsAsync<SigningUnavailableException>(() => one);
        Assert.Equal(1, _token.Lookups);
    }

    [Fact]
    public async Task A_certificate_is_called_foreign_only_by_an_answer_of_the_token_that_is_new()
    {
        _token.Unloaded[Participant] = true;
        Assert.False(await _keys.Belongs(Participant, FakeToken.Certificate, CancellationToken.None));
        // The key is loaded now. What was remembered of it must not refuse a message.
        _token.Unloaded.Clear();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _keys.Belongs(Participant, FakeToken.Certificate, CancellationToken.None));
    }

    [Fact]
    public async Task A_token_that_is_away_or_hangs_calls_nothing_foreign()
    {
        _token.Unloaded[Participant] = true;
        Assert.False(await _keys.Belongs(Participant, FakeToken.Certificate, CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(1));
        _token.Away = true;
        var away = await Assert.ThrowsAsync<SigningUnavailableException>(() => Belongs());
        Assert.Contains("away", away.Message, StringComparison.Ordinal);

        _token.Away = false;
        _token.HangAtLookups.Reset();
        _time.Advance(TimeSpan.FromSeconds(1));
        var hung = Belongs();
        await Eventually(() => _token.Lookups == 3, "the question is with the token");
        _time.Advance(_options.LookupTime);
        Assert.Contains(
            "Hsm:LookupTime",
            (await Assert.ThrowsAsync<SigningUnavailableException>(() => hung)).Message,
            StringComparison.Ordinal
        );

        Task<bool> Belongs() =>
            _keys.Belongs(Participant, FakeToken.Certificate, CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task A_flood_of_foreign_certificates_asks_the_token_once_a_second()
    {
        var foreign = DevelopmentCertificates
            .Create(SignatureAlgorithm.RsaSha256, Participant, DateTimeOffset.UnixEpoch)
            .Certificate;
        for (var i = 0; i < 1_000; i++)
            Assert.False(await _keys.Belongs(Participant, foreign, CancellationToken.None));
        Assert.Equal(1, _token.Lookups);
    }

    [Fact]
    public async Task A_missing_key_is_remembered_for_a_while_and_a_doubted_one_asked_again()
    {
        _token.Unloaded[Participant] = true;
        await Assert.ThrowsAsync<UnknownSigningKeyException>(Find);
        _token.Unloaded.Clear();
        await Assert.ThrowsAsync<UnknownSigningKeyException>(Find);
        _time.Advance(_options.MissingKeyCacheTime);
        await Find();

        _token.Unloaded[Participant] = true;
        await Find();
        _keys.Doubt(Participant);
        await Find(); // known, and asked again behind it
        await Eventually(() => _token.Lookups == 3, "asked");
        await Assert.ThrowsAsync<UnknownSigningKeyException>(async () =>
        {
            await Eventually(() => Find().IsFaulted, "the answer is taken");
            await Find();
        });

        Task<TokenKey> Find() => _keys.Find(Participant, CancellationToken.None).AsTask();
    }
}
