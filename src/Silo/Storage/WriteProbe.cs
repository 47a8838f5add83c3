using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// One question to the database at a time, and its answer for all who ask within a second: anybody may ask for readiness, and what
/// asks must not take the connections that the work needs.
/// </summary>
sealed class WriteProbe(IStateDatabase database, TimeProvider time) : IWriteProbe
{
    /// <summary>Whoever asks whether this silo is ready has little patience, too.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    static readonly TimeSpan AnswerHolds = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    Task? _answer;
    long _asked;

    /// <exception cref="StorageUnavailableException">It does not; the message says which database and why.</exception>
    public Task Ask(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var holds = _answer is { IsCompleted: false } || time.GetElapsedTime(_asked) < AnswerHolds;
            if (_answer is null || !holds)
            {
                _asked = time.GetTimestamp();
                _answer = Task.Run(TryWrite, CancellationToken.None);
            }
            return _answer.WaitAsync(cancellationToken);
        }
    }

    /// <summary>For all who wait: none of their tokens ends it.</summary>
    async Task TryWrite()
    {
        using var patience = new CancellationTokenSource();
        try
        {
            await database.TryWrite(patience.Token).WaitAsync(Patience, time);
        }
        catch (Exception e)
        {
            throw new StorageUnavailableException($"{database.Place} does not take writes: {e.Message}", e);
        }
        finally
        {
            await patience.CancelAsync();
        }
    }
}
