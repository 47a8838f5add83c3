using System.CommandLine;
using ClearanceEngine.Client.SignIn;

namespace ClearanceEngine.Client.Verbs;

/// <summary>How somebody logs in: as a development account, with a token, or as a client of an OAuth provider.</summary>
sealed class LoginOptions
{
    readonly Option<bool> _development = new("--dev")
    {
        Description = "使用本机开发引擎的账户 as an account of a development engine on this machine",
    };

    readonly Option<DirectoryInfo?> _data = new("--data")
    {
        Description =
            $"该引擎的数据目录 with --dev: the engine's data directory [default: ./{DevelopmentAccountFile.DefaultDirectory}]",
        HelpName = "DIR",
    };

    readonly Option<string?> _account = new("--account")
    {
        Description = $"账户名 with --dev: the account [default: {DevelopmentAccountFile.Developer}]",
        HelpName = "NAME",
    };

    readonly Option<FileInfo?> _tokenFile = new("--token-file")
    {
        Description =
            "含令牌的文件；各项均未给出时从标准输入读令牌 file with a token; from standard input if nothing is named (never an argument: arguments are visible to others and stay in the shell's history)",
        HelpName = "FILE",
    };

    readonly Option<string?> _authority = new("--authority")
    {
        Description = "OAuth 授权服务器地址（issuer）address of the OAuth provider (its issuer)",
        HelpName = "URL",
    };

    readonly Option<string?> _clientId = new("--client-id")
    {
        Description = "客户端标识 with --authority: the client's id",
        HelpName = "ID",
    };

    readonly Option<FileInfo?> _secretFile = new("--secret-file")
    {
        Description =
            "含客户端密钥的文件，只记其路径 with --authority: file with the client's secret; its path is kept, not the secret",
        HelpName = "FILE",
    };

    readonly Option<string?> _scope = new("--scope")
    {
        Description = "申请的范围 with --authority: scopes to ask for",
    };

    readonly Option<string?> _audience = new("--audience")
    {
        Description = "令牌的接收方 with --authority: whom the tokens are for, where the provider asks that",
    };

    Option[] Development => [_development, _data, _account];

    Option[] Provider => [_authority, _clientId, _secretFile, _scope, _audience];

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[.. Development, _tokenFile, .. Provider])
            command.Add(option);
    }

    /// <summary>The login that the options describe, with the token from standard input where they describe none.</summary>
    /// <exception cref="VerbException">They describe more than one, or half of one; or there is no token.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public async Task<Login> Read(VerbCall call)
    {
        bool IsGiven(Option option) => call.Parsed.GetResult(option) is { Implicit: false };
        var isDevelopment = Development.Any(IsGiven);
        var isProvider = Provider.Any(IsGiven);
        var file = call.Value(_tokenFile);
        if ((isDevelopment && isProvider) || (file is not null && (isDevelopment || isProvider)))
            throw VerbException.Usage(
                "login-unclear",
                "--dev、--token-file、--authority 三种登录方式只能选一种。Log in by one of --dev, --token-file and --authority, with the options of that one alone."
            );

        if (isDevelopment)
            return AsAccount(call);
        if (isProvider)
            return AsClient(call);
        return new TokenLogin(file is null ? await Piped(call) : CredentialFinder.OfFile(file.FullName));
    }

    DevelopmentLogin AsAccount(VerbCall call)
    {
        var engine = call.Host.Engine(call.Parsed);
        if (!engine.IsLoopback)
            throw VerbException.Usage(
                "not-this-machine",
                $"开发用账户只用于本机上的引擎，而 {engine} 不在本机。Development accounts are for an engine on this machine, and {engine} is not; log in with --token-file or --authority."
            );

        var directory = call.Value(_data)?.FullName ?? DevelopmentAccountFile.DefaultDirectory;
        var path = DevelopmentAccountFile.In(Path.GetFullPath(directory, call.Host.Folder));
        return new DevelopmentLogin(path, call.Value(_account) ?? DevelopmentAccountFile.Developer);
    }

    ClientLogin AsClient(VerbCall call)
    {
        if (
            call.Value(_authority) is not { Length: > 0 } authority
            || call.Value(_clientId) is not { Length: > 0 } clientId
            || call.Value(_secretFile) is not { } secretFile
        )
            throw VerbException.Usage(
                "login-incomplete",
                "请同时给出 --authority、--client-id 和 --secret-file。Give --authority, --client-id and --secret-file together."
            );

        var address = EngineAddress.Parse(authority);
        if (address is not { IsPrivate: true })
            throw VerbException.Usage(
                "bad-authority",
                $"--authority 应为 https 地址（本机除外），密钥不会经明文发送。--authority must be an address of https, but on this machine: the secret is not sent in the clear."
            );
        return new ClientLogin(
            address.Uri,
            clientId,
            secretFile.FullName,
            call.Value(_scope),
            call.Value(_audience)
        );
    }

    static async Task<BearerToken> Piped(VerbCall call)
    {
        const string Origin = "标准输入 standard input";
        return call.Host.Input is { } input
            ? BearerToken.Parse(await input.ReadToEndAsync(call.Token), Origin)
            : throw VerbException.Usage(
                "no-token",
                $"请选择登录方式：{call.Words(LoginVerb.Name, "--dev")}（本机开发引擎）、--token-file FILE、--authority URL，或将令牌送入标准输入。Say how to log in: {call.Words(LoginVerb.Name, "--dev")} (a development engine on this machine), --token-file FILE, --authority URL, or pipe a token into the command."
            );
    }
}
