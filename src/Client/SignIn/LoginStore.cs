using System.Text.Json;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>The logins of a user, each for the address of one engine, in a file that the user alone may read.</summary>
/// <param name="path">The file; null for a user without a folder for settings, who keeps none.</param>
sealed class LoginStore(string? path)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    sealed record Content(SortedDictionary<string, Login> Logins);

    /// <summary>The login that is kept for this address; null when there is none.</summary>
    /// <exception cref="VerbException">Others may read the file, or it is none of logins.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Login? Of(EngineAddress address) =>
        File.Exists(path)
            ? Parsed(PrivateFile.Read(path, FileReaders.Owner)).GetValueOrDefault(address.ToString())
            : null;

    /// <summary>Keeps a login for this address, in the place of the one before.</summary>
    /// <exception cref="VerbException">There is no folder for it, others may read the file, or it is none of logins.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public void Keep(EngineAddress address, Login login)
    {
        bool Put(SortedDictionary<string, Login> logins)
        {
            logins[address.ToString()] = login;
            return true;
        }
        Change(Put);
    }

    /// <summary>Keeps the provider's newest token, unless somebody has logged in otherwise since.</summary>
    /// <param name="address">The engine's.</param>
    /// <param name="login">With the token, or without where it is of no use any more.</param>
    /// <exception cref="VerbException">Others may read the file, or it is none of logins.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public void Renew(EngineAddress address, ClientLogin login)
    {
        bool Put(SortedDictionary<string, Login> logins)
        {
            var isSame =
                logins.GetValueOrDefault(address.ToString()) is ClientLogin kept && kept.AsksLike(login);
            if (isSame)
                logins[address.ToString()] = login;
            return isSame;
        }
        Change(Put);
    }

    /// <summary>Forgets the login of this address.</summary>
    /// <returns>False when none was kept.</returns>
    /// <exception cref="VerbException">Others may read the file, or it is none of logins.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public bool Forget(EngineAddress address) =>
        File.Exists(path) && Change(logins => logins.Remove(address.ToString()));

    /// <param name="change">Changes the logins; false to leave the file as it is.</param>
    bool Change(Func<SortedDictionary<string, Login>, bool> change)
    {
        var isChanged = false;
        PrivateFile.Change(path ?? throw NoFolder(), content =>
        {
            var logins = content is null ? Empty() : Parsed(content);
            isChanged = change(logins);
            return isChanged ? JsonSerializer.SerializeToUtf8Bytes(new Content(logins), Json) : null;
        });
        return isChanged;
    }

    static SortedDictionary<string, Login> Empty() => new(StringComparer.Ordinal);

    SortedDictionary<string, Login> Parsed(byte[] content)
    {
        try
        {
            if (JsonSerializer.Deserialize<Content>(content, Json) is { } file)
                return new SortedDictionary<string, Login>(file.Logins, StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // Told below, without the parser's words: they may quote a token.
        }
        throw VerbException.Usage(
            "bad-logins",
            $"{path} 不是登录文件，请删除后重新 clearance login。{path} is no file of logins; delete it and run clearance login again."
        );
    }

    static VerbException NoFolder() =>
        VerbException.Usage(
            "no-folder",
            "没有可存放登录的目录：请设置 HOME（Windows 为 APPDATA），或改用 CLEARANCE_TOKEN_FILE。There is no folder to keep a login in: set HOME (APPDATA on Windows), or use CLEARANCE_TOKEN_FILE."
        );
}
