using System.Security.Cryptography;
using System.Text.Json;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Keys of the embedded default: made by chance at the first start and kept in a file that only its owner may read.</summary>
/// <param name="StateKey">Base64 of 32 bytes.</param>
/// <param name="IdentityKey">Base64 of 32 bytes.</param>
public sealed record DevelopmentKeys(string StateKey, string IdentityKey)
{
    /// <summary>Reads <c>keys.json</c> of a directory, or makes it.</summary>
    public static DevelopmentKeys LoadOrCreate(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "keys.json");
        if (File.Exists(path)) return JsonSerializer.Deserialize<DevelopmentKeys>(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path} is empty.");
        var keys = new DevelopmentKeys(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, keys);
        return keys;
    }
}
