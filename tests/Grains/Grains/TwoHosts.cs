using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>
/// Two hosts over one store. Each may have a live activation of the same grain, as two silos that do not know of each
/// other; and when one falls silent, the other is what runs after the crash.
/// </summary>
public sealed class TwoHosts : IAsyncLifetime
{
    GrainHost? _a,
        _b;

    public TwoHosts() => Store = new MemoryStore(Journal);

    internal Journal Journal { get; } = new();

    internal MemoryStore Store { get; }

    internal ShiftedTime Time { get; } = new();

    internal FakeUnclaimed Unclaimed { get; } = new();

    internal GrainHost A => _a!;

    internal GrainHost B => _b!;

    public async ValueTask InitializeAsync()
    {
        _a = await GrainHost.Start("A", Journal, Store, Time, Unclaimed);
        _b = await GrainHost.Start("B", Journal, Store, Time, Unclaimed);
    }

    public async ValueTask DisposeAsync()
    {
        Store.ReleaseAll();
        if (_a is not null)
            await _a.DisposeAsync();
        if (_b is not null)
            await _b.DisposeAsync();
    }
}
