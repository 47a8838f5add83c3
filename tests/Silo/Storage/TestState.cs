using ClearanceEngine.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A state that is found by names and may be due.</summary>
[GenerateSerializer, Alias("test.storage.state")]
public sealed class TestState : IIndexedState, IDueState, IRestingState
{
    /// <summary>Stands for code of another version that derives other names from the same state.</summary>
    public static readonly AsyncLocal<string?> NamePrefix = new();

    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public List<string> Names { get; set; } = [];

    [Id(2)]
    public DateTimeOffset? OutboxDueAt { get; set; }

    [Id(3)]
    public DateTimeOffset? TimeDueAt { get; set; }

    public bool IsAtRest => OutboxDueAt is null && TimeDueAt is null;

    public IReadOnlyCollection<string> IndexKeys => [.. Names.Select(n => NamePrefix.Value + n)];
}

/// <summary>A state without names.</summary>
[GenerateSerializer, Alias("test.storage.plain")]
public sealed class PlainState
{
    [Id(0)]
    public string Text { get; set; } = "";
}
