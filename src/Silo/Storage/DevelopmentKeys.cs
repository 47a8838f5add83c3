using System.Security.Cryptography;
using System.Text.Json;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Keys of the embedded default: made by chance at the first start and kept in a file that only its owner may read.</summary>
/// <param name="StateKey">Base64 of 32 bytes.</param>
/// <param name="IdentityKey">Base64 of 32 bytes.</param>
public sealed record DevelopmentKeys(string StateKey, string IdentityKey)
{
    /// <summary>Reads <c>keys.json</c> of a directory, or makes it. Of two processes that make it at once, one wins and both use its keys.</summary>
    /// <exception cref="InvalidDataException">The file is there and holds no such keys; it is never replaced, since the data beside it needs them.</exception>
    public static DevelopmentKeys LoadOrCreate(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "keys.json");
        if (!File.Exists(path))
            Create(path);
        return Load(path);
    }

    static DevelopmentKeys Load(string path)
    {
        DevelopmentKeys? keys;
        try
        {
            keys = JsonSerializer.Deserialize<DevelopmentKeys>(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{path} is no key file: restore it, or delete the directory to start empty.",
                e
            );
        }
        if (keys is not { StateKey.Length: > 0, IdentityKey.Length: > 0 })
            throw new InvalidDataException(
                $"{path} lacks StateKey or IdentityKey: restore it, or delete the directory to start empty."
            );
        return keys;
    }

    /// <summary>Complete under another name first: a crash never leaves half a key file.</summary>
    static void Create(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(file, new DevelopmentKeys(Random(), Random()));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
