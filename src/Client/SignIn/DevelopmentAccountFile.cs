using System.Text.Json;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>The accounts of an engine with development identity, as it keeps them in its data directory.</summary>
static class DevelopmentAccountFile
{
    /// <summary>The account that may do everything.</summary>
    public const string Developer = "developer";

    /// <summary>Where the engine has its data, where it was started in this folder.</summary>
    public const string DefaultDirectory = "data";

    const string Name = "development-accounts.json";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    sealed record Content(IReadOnlyList<Account> Accounts);

    sealed record Account(string Name, BearerToken Token);

    /// <summary>The file of a data directory.</summary>
    public static string In(string directory) => Path.Combine(directory, Name);

    /// <summary>The token of an account.</summary>
    /// <exception cref="VerbException">There is no such file or account, others may read the file, or it is none of accounts.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BearerToken Token(string path, string account)
    {
        var accounts = Read(path);
        return accounts.FirstOrDefault(a => a.Name == account)?.Token
            ?? throw VerbException.Usage(
                "unknown-account",
                $"{path} 中没有账户 {Clip.Quote(account)}，现有 {Names(accounts)}。{path} has no account {Clip.Quote(account)}; there are {Names(accounts)}."
            );
    }

    static string Names(IReadOnlyList<Account> accounts) =>
        string.Join(", ", accounts.Select(a => Clip.Quote(a.Name)));

    static IReadOnlyList<Account> Read(string path)
    {
        if (!File.Exists(path))
            throw VerbException.Usage(
                "no-development-accounts",
                $"没有文件 {path}：它由使用开发用身份的引擎在首次启动时生成，请先启动引擎，或用 --data 指明其数据目录后重新登录。There is no file {path}: an engine with development identity makes it at its first start. Start the engine, or log in again and name its data directory by --data."
            );

        try
        {
            if (
                JsonSerializer.Deserialize<Content>(PrivateFile.Read(path, FileReaders.Owner), Json) is
                { } file
            )
                return file.Accounts;
        }
        catch (JsonException)
        {
            // Told below, without the parser's words: they may quote a token.
        }
        throw VerbException.Usage(
            "bad-development-accounts",
            $"{path} 不是开发用账户文件，请用 --data 指明引擎的数据目录。{path} holds no development accounts; name the engine's data directory by --data."
        );
    }
}
