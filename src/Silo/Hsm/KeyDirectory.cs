using System.Collections.Concurrent;
using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// What this silo knows of the token's keys. The token is asked one question at a time on a thread of its own, so one
/// that hangs holds that thread and nothing else: what is known is answered at once and asked again in the background,
/// and who asks for what is not known waits a bounded time. A key once known stays known while the token is away.
/// </summary>
sealed class KeyDirectory(ISigningToken token, HsmOptions options, TimeProvider time) : IDisposable
{
    /// <summary>The token is asked about one participant no more often than this, unless it failed with the key; it bounds what a flood of foreign certificates or of retries costs the token.</summary>
    static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    readonly Dictionary<string, Task<Known>> _asked = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    readonly SemaphoreSlim _turn = new(1);

    /// <summary>A participant's key.</summary>
    /// <exception cref="UnknownSigningKeyException">There is none that could be used; the text says why.</exception>
    /// <exception cref="SigningUnavailableException">None is known and the token does not say in time.</exception>
    public async ValueTask<TokenKey> Find(string participant, CancellationToken cancellationToken)
    {
        var known = _known.GetValueOrDefault(participant);
        if (known is not null && Age(known) < LifeOf(known))
            return known.KeyOrThrow();
        var asked = Ask(participant);
        // Nobody waits to see whether a key that we know is still the newest.
        return known?.Key ?? (await Answer(asked, participant, cancellationToken)).KeyOrThrow();
    }

    /// <summary>
    /// Whether a certificate is that of a participant's key. It is called foreign only by an answer of the token that is
    /// no older than <see cref="ShortestInterval"/>: a certificate that was just loaded or renewed must not be refused.
    /// </summary>
    /// <exception cref="SigningUnavailableException">It is not known to be, and the token does not say in time.</exception>
    public async ValueTask<bool> Belongs(
        string participant,
        SigningCertificate certificate,
        CancellationToken cancellationToken
    )
    {
        var known = _known.GetValueOrDefault(participant);
        if (known is null || (!known.Has(certificate) && Age(known) >= ShortestInterval))
            known = await Answer(Ask(participant), participant, cancellationToken);
        else if (Age(known) >= LifeOf(known))
            _ = Ask(participant);
        return known.Has(certificate)
            || (known.Away is null ? false : throw new SigningUnavailableException(known.Away));
    }

    /// <summary>Has the token asked, for whoever may need it later.</summary>
    /// <returns>True when it is known now, or known not to be there; false when the token gave no answer.</returns>
    public async Task<bool> Prepare(string participant, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(participant, out var known) && known.Away is null)
            return true;
        var answer = await Ask(participant).WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer.Away is null;
    }

    /// <summary>What is known is asked again at its next use: the token failed with it. Until it answers the key stays known.</summary>
    public void Doubt(string participant)
    {
        if (_known.TryGetValue(participant, out var known))
            _known.TryUpdate(participant, known with { IsDoubted = true }, known);
    }

    public void Dispose() => _turn.Dispose();

    TimeSpan Age(Known known) => time.GetElapsedTime(known.Since);

    TimeSpan LifeOf(Known known)
    {
        if (known.IsDoubted)
            return TimeSpan.Zero;
        if (known.Away is not null)
            return ShortestInterval;
        return known.Key is null ? options.MissingKeyCacheTime : options.KeyCacheTime;
    }

    async Task<Known> Answer(Task<Known> asked, string participant, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.WaitAsync(options.LookupTime, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new SigningUnavailableException(
                $"The token has not said within {options.LookupTime.TotalSeconds:0.#} s (Hsm:LookupTime) which key {participant} has.",
                e
            );
        }
    }

    /// <summary>Joins a question about this participant that is under way, or asks.</summary>
    Task<Known> Ask(string participant)
    {
        lock (_lock)
        {
            if (!_asked.TryGetValue(participant, out var asked))
                _asked[participant] = asked = Task.Run(() => AskInTurn(participant));
            return asked;
        }
    }

    async Task<Known> AskInTurn(string participant)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task
                .Factory.StartNew(
                    () => _known[participant] = Look(participant),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
                .ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _asked.Remove(participant);
            _turn.Release();
        }
    }

    /// <summary>Asks the token; may take as long as the device pleases.</summary>
    Known Look(string participant)
    {
        try
        {
            var key = token.Find(participant);
            return new Known(key, null, null, time.GetTimestamp());
        }
        catch (UnknownSigningKeyException e)
        {
            return new Known(null, e.Message, null, time.GetTimestamp());
        }
        catch (Exception e)
        {
            // Whatever a module throws, it is no answer. The key of before may still be shown; whether it can sign, the session finds out.
            var earlier = _known.GetValueOrDefault(participant)?.Key;
            return new Known(earlier, null, e.Message, time.GetTimestamp());
        }
    }

    /// <summary>What is known of a participant.</summary>
    /// <param name="Key">Its key; from before where <paramref name="Away"/> is not null.</param>
    /// <param name="Missing">Why the token has none.</param>
    /// <param name="Away">Why the token gave no answer when it was asked last.</param>
    /// <param name="Since">When it was asked.</param>
    sealed record Known(TokenKey? Key, string? Missing, string? Away, long Since)
    {
        public bool IsDoubted { get; init; }

        public bool Has(SigningCertificate certificate) =>
            Key is not null && Key.Certificate.Der.AsSpan().SequenceEqual(certificate.Der);

        public TokenKey KeyOrThrow() =>
            Key
            ?? throw (
                Missing is null
                    ? new SigningUnavailableException(Away!)
                    : new UnknownSigningKeyException(Missing)
            );
    }
}
