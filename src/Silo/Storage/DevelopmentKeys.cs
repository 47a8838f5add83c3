using System.Security.Cryptography;
using System.Text.Json;
using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Keys of the embedded default: made by chance at the first start and kept in a file that only its owner may read.</summary>
/// <param name="StateKey">Base64 of 32 bytes.</param>
/// <param name="IdentityKey">Base64 of 32 bytes.</param>
public sealed record DevelopmentKeys(string StateKey, string IdentityKey)
{
    /// <summary>The file of a directory that holds them.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "keys.json");

    /// <summary>Reads <c>keys.json</c> of a directory, or makes it. Of two processes that make it at once, one wins and both use its keys.</summary>
    /// <param name="directory">Where the file lies.</param>
    /// <param name="database">The database file that needs the keys; once it is there, no others are made.</param>
    /// <exception cref="InvalidDataException">
    /// The file is there and holds no such keys, or it is gone and the database is not. It is never replaced, since the data
    /// beside it needs them.
    /// </exception>
    public static DevelopmentKeys LoadOrCreate(string directory, string database)
    {
        Directory.CreateDirectory(directory);
        var path = PathIn(directory);
        // In this order: a process that starts beside this one makes the keys before it makes the database.
        var isNeeded = File.Exists(database);
        if (!File.Exists(path))
            Create(path, isNeeded ? database : null);
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

    static void Create(string path, string? database)
    {
        if (database is not null)
            throw new InvalidDataException(
                $"密钥文件 {path} 不见了，而依赖它的数据库 {database} 还在；请恢复该文件。The key file {path} is gone, but the database {database}, which depends on it, is there. Restore the file from a backup, or give the keys by Storage:Keys:Ring and Identity:HmacKey; without them what is stored cannot be read, and only deleting the database starts anew."
            );

        FirstFile.Make(path, () =>
            JsonSerializer.SerializeToUtf8Bytes(new DevelopmentKeys(Random(), Random()))
        );
    }

    static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
