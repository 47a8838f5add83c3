using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Hosting;
using Role = ClearanceEngine.Access.Role;

namespace ClearanceEngine.Silo.Access;

/// <summary>An account of the embedded default.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Token">What proves it: 256 random bits.</param>
/// <param name="Roles">What it is.</param>
/// <param name="Participants">Whom it speaks for.</param>
public sealed record DevelopmentAccount(
    string Name,
    string Token,
    ImmutableArray<Role> Roles,
    ImmutableArray<string> Participants
);

/// <summary>
/// Accounts where nobody else vouches for callers: made by chance at the first start, in a file that only its owner may read, and
/// kept. A participant that is registered later gets its account at the next start.
/// </summary>
sealed class DevelopmentAccounts
{
    /// <summary>Has all roles and speaks for everybody: who runs the engine on its own machine.</summary>
    public const string Developer = "developer";

    const int TokenBytes = 32;

    const UnixFileMode OfOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    readonly ImmutableArray<(byte[] Hash, DevelopmentAccount Account)> _accounts;

    DevelopmentAccounts(string path, ImmutableArray<DevelopmentAccount> accounts)
    {
        Path = path;
        All = accounts;
        _accounts = [.. accounts.Select(a => (Hash(a.Token), a))];
    }

    /// <summary>What the file holds.</summary>
    sealed record AccountFile(ImmutableArray<DevelopmentAccount> Accounts);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All accounts.</summary>
    public ImmutableArray<DevelopmentAccount> All { get; }

    /// <summary>The file of a directory that holds them.</summary>
    public static string PathIn(string directory) =>
        System.IO.Path.Combine(directory, "development-accounts.json");

    /// <summary>Reads the accounts of a directory and adds those that are missing. Silos that share the directory get the same.</summary>
    /// <exception cref="InvalidDataException">The file holds no accounts, or others have or had access to it. It is not replaced: somebody may use its tokens.</exception>
    public static DevelopmentAccounts LoadOrCreate(string directory, IParticipantRegistry participants)
    {
        Directory.CreateDirectory(directory);
        var path = PathIn(directory);
        ImmutableArray<DevelopmentAccount> accounts = [];
        FirstFile.Change(path, content =>
        {
            if (content is not null)
                RefuseExposed(path);
            var there = content is null ? [] : Read(path, content);
            accounts = Completed(there, participants);
            return content is not null && Same(there, accounts)
                ? null
                : JsonSerializer.SerializeToUtf8Bytes(new AccountFile(accounts), Json);
        });
        return new DevelopmentAccounts(path, accounts);
    }

    /// <summary>For who starts the engine.</summary>
    /// <param name="withToken">At a console: whatever else takes the output may be a log, which must not have it.</param>
    public string Announcement(bool withToken)
    {
        var place = $"登录 sign in: 开发用账户 development accounts, {Path}";
        var developer = All.First(account => account.Name == Developer);
        return withToken ? $"{place}\n  {developer.Name} 令牌 token: {developer.Token}" : place;
    }

    /// <summary>The account of a token; null where it is none. All are compared, whole, so that time tells nothing.</summary>
    public DevelopmentAccount? Find(string token)
    {
        var hash = Hash(token);
        DevelopmentAccount? found = null;
        foreach (var (known, account) in _accounts)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
                found = account;
        }
        return found;
    }

    /// <summary>Whoever else may read the file knows its tokens, and whoever may write it has put some there.</summary>
    static void RefuseExposed(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & OfOthers) == 0 && IsOwn(path, mode))
            return;

        throw new InvalidDataException(
            $"{path} 其他用户可以读写，或属于其他用户，其中的令牌不再可信：请删除以重新生成；确知无人读过，则执行 chmod 600。{path} is another user's, or others may read or write it, so its tokens prove nothing: delete it to have new ones made, or, if you know that nobody has read it, run chmod 600."
        );
    }

    /// <summary>There is no other question for the owner: it alone, and root, may set what is set already.</summary>
    [UnsupportedOSPlatform("windows")]
    static bool IsOwn(string path, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(path, mode);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    static ImmutableArray<DevelopmentAccount> Read(string path, byte[] content)
    {
        try
        {
            if (
                JsonSerializer.Deserialize<AccountFile>(content, Json) is
                { Accounts: { IsDefault: false } accounts }
            )
                return accounts;
        }
        catch (JsonException)
        {
            // Told below, without the parser's words: they may quote a token.
        }
        throw new InvalidDataException(
            $"{path} 不是开发用账户文件，请恢复，或删除以重新生成（原有令牌即失效）。{path} holds no development accounts: restore it, or delete it to have new ones made, with other tokens."
        );
    }

    /// <summary>Those that there should be, with the tokens that they had, then whatever else the file had.</summary>
    static ImmutableArray<DevelopmentAccount> Completed(
        ImmutableArray<DevelopmentAccount> there,
        IParticipantRegistry participants
    )
    {
        var tokens = there.ToLookup(a => a.Name, a => a.Token, StringComparer.Ordinal);
        var wanted = Wanted(participants)
            .Select(w => w with { Token = tokens[w.Name].FirstOrDefault() ?? NewToken() })
            .ToImmutableArray();
        var names = wanted.Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        return [.. wanted, .. there.Where(a => !names.Contains(a.Name))];
    }

    static IEnumerable<DevelopmentAccount> Wanted(IParticipantRegistry participants)
    {
        var all = participants.All.OrderBy(p => p.Code, StringComparer.Ordinal).ToArray();
        var site = all.FirstOrDefault(p => p.Is(Participants.Role.SupervisedSite))?.Code;

        yield return new(Developer, "", [.. Enum.GetValues<Role>()], [.. all.Select(p => p.Code)]);
        yield return new("operator", "", [Role.Operator], []);
        yield return new("auditor", "", [Role.Auditor], []);
        yield return new("administrator", "", [Role.Administrator], []);
        yield return new("site", "", [Role.Site], site is null ? [] : [site]);
        foreach (var participant in all)
            yield return new($"company-{participant.Code}", "", [Role.Company], [participant.Code]);
    }

    static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>As they would be written: records compare arrays by reference.</summary>
    static bool Same(ImmutableArray<DevelopmentAccount> one, ImmutableArray<DevelopmentAccount> other) =>
        JsonSerializer.Serialize(one, Json) == JsonSerializer.Serialize(other, Json);
}
