using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Settings;

/// <summary>Directories that the engine will write to: what stands in the way of one is told at the start with the setting's name. Makes none.</summary>
static class SettingDirectories
{
    const string Data = "Engine:DataDirectory";

    /// <summary>A place to write to.</summary>
    /// <param name="Setting">The setting that says where.</param>
    /// <param name="Path">The directory.</param>
    sealed record Place(string Setting, string Path);

    /// <summary>Directories that cannot be, because a file is in the way.</summary>
    public static IEnumerable<SettingFault> Faults(EngineSettings settings) => Told(settings, InTheWay);

    /// <summary>Directories that this user cannot write to: each is tried with a file that is gone at once.</summary>
    public static IEnumerable<SettingFault> Unwritable(EngineSettings settings) => Told(settings, Refusal);

    /// <summary>Of several places that one setting gives, the first fault is enough.</summary>
    static IEnumerable<SettingFault> Told(EngineSettings settings, Func<string, string?> fault) =>
        from place in Places(settings)
        where place.Path.Length > 0
        let text = fault(place.Path)
        where text is not null
        group new SettingFault(place.Setting, place.Path, text) by place.Setting into faults
        select faults.First();

    static IEnumerable<Place> Places(EngineSettings settings)
    {
        var engine = settings.Get<EngineOptions>();
        var storage = settings.Get<StorageOptions>();
        var (isEmbedded, parts) = (storage.Provider == StorageProvider.Sqlite, settings.Parts);
        // Its keys and accounts lie there, and what the simulator remembers.
        if (
            isEmbedded
            || parts.IsDevelopment(EngineParts.Broker)
            || parts.IsDevelopment(EngineParts.Identity)
        )
            yield return new(Data, engine.DataDirectory);
        if (isEmbedded && FolderOf(storage.ConnectionString) is { } folder)
            yield return new(Owner("Storage:ConnectionString"), folder);
        if (settings.Get<HsmOptions>() is { Provider: HsmProvider.Development } hsm)
            yield return new(Owner("Hsm:Directory"), hsm.Directory);
        var retention = settings.Get<RetentionOptions>();
        if (retention.After > TimeSpan.Zero)
            yield return new(Owner("Retention:Directory"), retention.Directory);

        // What nobody gave lies in the data directory.
        string Owner(string setting) => settings.Sources.Of(setting) is null ? Data : setting;
    }

    static string? FolderOf(string connectionString) =>
        ConnectionStringFaults.Of(StorageProvider.Sqlite, connectionString).Any()
            ? null
            : Path.GetDirectoryName(
                Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource)
            );

    static string? InTheWay(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return "不是路径。It is no path.";
        var there = NearestThere(path);
        return there is null || Directory.Exists(there)
            ? null
            : $"{there} 是文件，应为目录。{there} is a file and no directory; name a directory, or move the file away.";
    }

    static string? Refusal(string path)
    {
        if (InTheWay(path) is not null || NearestThere(path) is not { } there)
            return null;
        try
        {
            var trial = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            };
            using var file = new FileStream(Path.Combine(there, $".clearance-{Guid.NewGuid():N}"), trial);
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return $"无法写入 {there}：请检查其所有者与权限，以及是否只读或已满。Nothing can be written to {there}: check its owner and its rights, and that it is neither read-only nor full.";
        }
    }

    /// <summary>The path itself or the nearest above it that is there; null where nothing is.</summary>
    static string? NearestThere(string path)
    {
        for (var at = Path.GetFullPath(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(at))
                return at;
        }
        return null;
    }
}
