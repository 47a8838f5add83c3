using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Grains;

/// <summary>The way of one host into the shared store.</summary>
sealed class MemoryGrainStorage(MemoryStore store, string host) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await store.Read(host, stateName, Key(grainId));
        (grainState.ETag, grainState.RecordExists) = (
            row?.Version.ToString(CultureInfo.InvariantCulture),
            row is not null
        );
        grainState.State = row is null
            ? Activator.CreateInstance<T>()
            : (T)store.State<object>(stateName, Key(grainId))!;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = await store.Write(
            host,
            stateName,
            Key(grainId),
            Version(grainState.ETag),
            grainState.State
        );
        (grainState.ETag, grainState.RecordExists) = (version.ToString(CultureInfo.InvariantCulture), true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await store.Write(host, stateName, Key(grainId), Version(grainState.ETag), null);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (
            Activator.CreateInstance<T>(),
            null,
            false
        );
    }

    static string Key(GrainId id) => id.Key.ToString()!;

    static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
}
