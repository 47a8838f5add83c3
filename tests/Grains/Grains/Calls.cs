using System.Collections.Concurrent;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Writes down each call of the engine's grains as it arrives, and can lose its answer or keep it from arriving.</summary>
sealed class Calls(Journal journal, string host) : IIncomingGrainCallFilter
{
    readonly ConcurrentDictionary<(string Key, string Method), bool> _lost = [];
    readonly ConcurrentDictionary<(string Key, string Method), TaskCompletionSource> _kept = [];
    readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next such call is done, but its caller hears of a time-out.</summary>
    public void LoseAnswer(string key, string method) => _lost[(key, method)] = true;

    /// <summary>Such calls never arrive, as those of a silo that died. Ends when the first has set out.</summary>
    public Task Keep(string key, string method) =>
        _kept
            .GetOrAdd((key, method), _ => new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously
            ))
            .Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Lets go what is kept, so that the host can stop.</summary>
    public void Close() => _end.TrySetException(new TimeoutException("the call never arrived"));

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var name = (context.TargetId.Key.ToString()!, context.MethodName);
        if (
            context.InterfaceMethod.DeclaringType?.Namespace?.StartsWith(
                "ClearanceEngine",
                StringComparison.Ordinal
            ) != true
        )
        {
            await context.Invoke();
            return;
        }
        if (_kept.TryGetValue(name, out var kept))
        {
            kept.TrySetResult();
            await _end.Task;
        }
        journal.Add(host, context.MethodName, name.Item1);
        var lost = _lost.TryRemove(name, out _);
        await context.Invoke();
        if (lost)
            throw new TimeoutException("the answer was lost");
    }
}
