using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Tells a topic that fails from a broker that is away as a whole (ADR 011). However many want to know it, the broker is asked
/// once at a time, and not again for a moment after it has answered.
/// </summary>
sealed class BrokerCheck(IPartWatch parts, DispatchOptions options, TimeProvider time)
{
    static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    Task<bool> _question = Task.FromResult(true);
    DateTimeOffset? _answered;

    /// <summary>A question that is given up counts as no answer: then nothing is held against the topic.</summary>
    public async Task<bool> IsAway(CancellationToken cancellationToken)
    {
        try
        {
            return await Question().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    Task<bool> Question()
    {
        lock (_lock)
        {
            if (!_question.IsCompleted)
                return _question;
            if (_answered is { } last && time.GetUtcNow() - last < Moment)
                return Task.FromResult(false);
            return _question = Ask();
        }
    }

    async Task<bool> Ask()
    {
        try
        {
            await parts.Probe(PartWatch.Broker, CancellationToken.None).WaitAsync(options.HandOnTime, time);
        }
        catch (Exception)
        {
            return true;
        }
        lock (_lock)
            _answered = time.GetUtcNow();
        return false;
    }
}
