using ClearanceEngine.Storage;
using Orleans.Concurrency;

namespace ClearanceEngine.Repeats;

/// <summary>What a key is to who comes with it, and the answer that it was given.</summary>
[GenerateSerializer, Immutable, Alias("clearance.repeats.reply")]
public sealed record RepeatReply(
    [property: Id(0)] RepeatVerdict Verdict,
    [property: Id(1)] KeptAnswer? Answer
);

/// <summary>Requests of one caller that came with a key of their own; key: a hash of the caller.</summary>
[Alias("clearance.repeats")]
public interface IRepeatsGrain : IGrainWithStringKey
{
    /// <summary>Before anything is done. The first of its key is stored when it returns.</summary>
    [Alias("begin")]
    Task<RepeatReply> Begin(string key, string request);

    /// <summary>What the first was answered; stored when it returns.</summary>
    [Alias("end")]
    Task End(string key, KeptAnswer answer);

    /// <summary>Nothing was done.</summary>
    [Alias("forget")]
    Task Forget(string key);
}

/// <summary>Thin: the book decides, the store keeps.</summary>
[Reentrant]
public sealed class RepeatsGrain : Grain, IRepeatsGrain
{
    readonly IPersistentState<RepeatBook> _stored;
    readonly RepeatOptions _options;
    readonly TimeProvider _time;
    readonly SharedWrite _write;

    public RepeatsGrain(
        [PersistentState("repeats", "settings")] IPersistentState<RepeatBook> stored,
        RepeatOptions options,
        TimeProvider time
    )
    {
        _stored = stored;
        _options = options;
        _time = time;
        _write = new SharedWrite(() => stored.WriteStateAsync(), DeactivateOnIdle);
    }

    public async Task<RepeatReply> Begin(string key, string request)
    {
        var (book, verdict, answer) = _stored.State.Begin(key, request, _options, _time.GetUtcNow());
        if (verdict != RepeatVerdict.First)
        {
            await _write.Settled();
            return new RepeatReply(verdict, answer);
        }

        _stored.State = book;
        await _write.Changed();
        return new RepeatReply(verdict, null);
    }

    public Task End(string key, KeptAnswer answer)
    {
        _stored.State = _stored.State.End(key, answer, _options);
        return _write.Changed();
    }

    public Task Forget(string key)
    {
        _stored.State = _stored.State.Forget(key);
        return _write.Changed();
    }
}
