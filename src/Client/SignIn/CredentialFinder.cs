using System.Text;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>
/// Finds what a command signs in with: what the environment says, else the login that is kept for the engine's address, else,
/// on this machine, the developer's account of an engine that was started in this folder.
/// </summary>
sealed class CredentialFinder(Surroundings around)
{
    readonly IdentityProvider _provider = new(around);

    /// <summary>The user's logins.</summary>
    public LoginStore Store { get; } = new(around.LoginsFile?.FullName);

    /// <summary>The credential for an engine; null where there is none: what is asked of it says what it wants.</summary>
    /// <exception cref="VerbException">There is one that cannot be used.</exception>
    /// <exception cref="IOException">A file of it cannot be read.</exception>
    public Credential? Find(EngineAddress engine) =>
        OfEnvironment(engine) ?? OfStore(engine) ?? OfFolder(engine);

    /// <summary>The credential of a login that is not kept yet, or is.</summary>
    /// <param name="origin">Where it comes from, for people.</param>
    /// <param name="login">The login.</param>
    /// <param name="renew">Keeps it with another token.</param>
    /// <exception cref="VerbException">It cannot be used.</exception>
    /// <exception cref="IOException">A file of it cannot be read.</exception>
    public Credential Of(string origin, Login login, Action<ClientLogin> renew) =>
        login switch
        {
            TokenLogin kept => new GivenToken(origin, kept.Token),
            DevelopmentLogin account => OfAccount(account.File, account.Account),
            ClientLogin client => new ProviderTokens(origin, client, _provider, around.Time, renew),
            _ => throw new ArgumentOutOfRangeException(nameof(login), login.GetType().Name, null),
        };

    /// <summary>Variables that name an engine and a token belong together: another engine's address as an argument gets no token of theirs.</summary>
    Credential? OfEnvironment(EngineAddress engine)
    {
        if (around.Given(ClientVariables.Url) is { } url && EngineAddress.Parse(url) != engine)
            return null;
        if (around.Given(ClientVariables.TokenFile) is { } path)
            return new GivenToken($"{ClientVariables.TokenFile} {path}", OfFile(path));
        return around.Given(ClientVariables.Token) is { } text
            ? new GivenToken(ClientVariables.Token, BearerToken.Parse(text, ClientVariables.Token))
            : null;
    }

    Credential? OfStore(EngineAddress engine) =>
        Store.Of(engine) is { } login
            ? Of($"已保存的登录 login kept for {engine}", login, renewed => Store.Renew(engine, renewed))
            : null;

    GivenToken? OfFolder(EngineAddress engine)
    {
        var path = DevelopmentAccountFile.In(
            Path.Combine(around.Folder, DevelopmentAccountFile.DefaultDirectory)
        );
        return engine.IsLoopback && File.Exists(path)
            ? OfAccount(path, DevelopmentAccountFile.Developer)
            : null;
    }

    static GivenToken OfAccount(string path, string account) =>
        new($"{path} ({account})", DevelopmentAccountFile.Token(path, account));

    /// <summary>A token that somebody put into a file.</summary>
    /// <exception cref="VerbException">The file holds none, or others may read it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BearerToken OfFile(string path) =>
        BearerToken.Parse(
            Encoding.UTF8.GetString(PrivateFile.Read(path, FileReaders.OwnerAndGroup)),
            $"文件 file {path}"
        );
}
