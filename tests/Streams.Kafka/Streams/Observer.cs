using System.Collections.Concurrent;
using System.Globalization;

namespace ClearanceEngine.Tests;

/// <summary>One event as its consumer saw it.</summary>
/// <param name="Topic">Namespace of the stream.</param>
/// <param name="Key">Key of the stream.</param>
/// <param name="Partition">From the token.</param>
/// <param name="Offset">From the token.</param>
/// <param name="Text">The event.</param>
public sealed record Seen(string Topic, string Key, int Partition, long Offset, string Text)
{
    public string? Context { get; init; }

    public string? Trace { get; init; }
}

/// <summary>What all consumers of one test saw, outside of silos; topics end with the test's name.</summary>
public sealed class Observer(string run) : IDisposable
{
    static readonly ConcurrentDictionary<string, Observer> All = new(StringComparer.Ordinal);

    readonly ConcurrentDictionary<(string Topic, int Partition, long Offset), int> _handled = new();
    readonly ConcurrentDictionary<string, int> _texts = new(StringComparer.Ordinal);

    public static Observer Open(string run) => All[run] = new Observer(run);

    public static Observer Of(string topic) => All[topic[(topic.LastIndexOf('-') + 1)..]];

    /// <summary>What consumers do with an event before it counts as handled; by default nothing.</summary>
    public Func<Seen, Task> Handle { get; set; } = _ => Task.CompletedTask;

    /// <summary>What consumers do after it counts; by default nothing.</summary>
    public Func<Seen, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>What senders do when an event is on its way; by default nothing.</summary>
    public Func<string, Task> Sending { get; set; } = _ => Task.CompletedTask;

    /// <summary>All that was handled, in order, repeats too.</summary>
    public ConcurrentQueue<Seen> Order { get; } = [];

    /// <summary>Different events handled.</summary>
    public int Count => _texts.Count;

    /// <summary>How often an event was handled.</summary>
    public int Times(string text) => _texts.GetValueOrDefault(text);

    public bool Handled(string topic, int partition, long offset) =>
        _handled.ContainsKey((topic, partition, offset));

    public async Task See(Seen seen)
    {
        await Handle(seen);
        Order.Enqueue(seen);
        _texts.AddOrUpdate(seen.Text, 1, (_, n) => n + 1);
        _handled.AddOrUpdate((seen.Topic, seen.Partition, seen.Offset), 1, (_, n) => n + 1);
        await After(seen);
    }

    /// <summary>A dead letter is an end, too.</summary>
    public void Park(string topic, int partition, long offset) => _handled[(topic, partition, offset)] = 1;

    public IEnumerable<int> Numbers(string key) =>
        Order.Where(s => s.Key == key).Select(s => int.Parse(s.Text, CultureInfo.InvariantCulture));

    public void Dispose() => All.TryRemove(run, out _);
}
