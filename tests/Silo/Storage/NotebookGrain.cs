using ClearanceEngine.Silo.Storage;
using Orleans.Runtime;

namespace ClearanceEngine.Tests.Storage;

[Alias("test.storage.notebook")]
public interface INotebookGrain : IGrainWithStringKey
{
    [Alias("write")]
    Task Write(string text);

    [Alias("read")]
    Task<(string Hot, string Rare, string Default)> Read();

    [Alias("clear")]
    Task Clear();

    [Alias("leave")]
    Task Leave();
}

/// <summary>Keeps the same text in each of the storages that a silo has.</summary>
public sealed class NotebookGrain(
    [PersistentState("hot", StorageExtensions.Parcels)] IPersistentState<TestState> hot,
    [PersistentState("rare", StorageExtensions.Settings)] IPersistentState<PlainState> rare,
    [PersistentState("default")] IPersistentState<PlainState> byDefault
) : Grain, INotebookGrain
{
    public async Task Write(string text)
    {
        (hot.State.Text, rare.State.Text, byDefault.State.Text) = (text, text, text);
        hot.State.Names = [$"pre/{text}"];
        await Task.WhenAll(hot.WriteStateAsync(), rare.WriteStateAsync(), byDefault.WriteStateAsync());
    }

    public Task<(string Hot, string Rare, string Default)> Read() =>
        Task.FromResult((hot.State.Text, rare.State.Text, byDefault.State.Text));

    public Task Clear() =>
        Task.WhenAll(hot.ClearStateAsync(), rare.ClearStateAsync(), byDefault.ClearStateAsync());

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
