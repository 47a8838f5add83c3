using System.Collections.Concurrent;

namespace ClearanceEngine.Tests.Grains;

/// <summary>What happened, in order: calls that arrived, rows that were read and written, effects that were handed over.</summary>
sealed class Journal
{
    readonly ConcurrentQueue<string> _entries = [];

    public void Add(string host, string what, string key) => _entries.Enqueue($"{host} {what} {key}");

    public int Count(string host, string what, string key) =>
        _entries.Count(e => e == $"{host} {what} {key}");

    /// <summary>Place of the first such entry; -1 when there is none.</summary>
    public int IndexOf(string host, string what, string key) =>
        Array.IndexOf(_entries.ToArray(), $"{host} {what} {key}");
}
