using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Which parts of this engine are for development; all others are real. Decided in one place, because what one of them may be
/// follows from the others: simulated customs must never answer a real declaration (ADR 010). Pure.
/// </summary>
/// <param name="Development">The parts that are for development.</param>
sealed record PartsInUse(EngineParts Development)
{
    /// <summary>The parts that a simulator would stand beside.</summary>
    const EngineParts Surroundings =
        EngineParts.Broker
        | EngineParts.Database
        | EngineParts.Token
        | EngineParts.Participants
        | EngineParts.Identity;

    /// <summary>A part with the names that its people know, and the settings that make it real.</summary>
    sealed record Description(
        EngineParts Part,
        string Name,
        string Chinese,
        string Real,
        string ForDevelopment,
        string Remedy
    );

    static readonly Description[] Descriptions =
    [
        new(
            EngineParts.Broker,
            "broker",
            "消息",
            "正式 real, Kafka",
            "开发用 development, 内置，数据不持久 embedded, forgets at its end",
            "Kafka:BootstrapServers=HOST:PORT"
        ),
        new(
            EngineParts.Database,
            "database",
            "数据库",
            "正式 real, PostgreSQL",
            "开发用 development, SQLite 文件 a file of this machine",
            "Storage:Provider=PostgreSql"
        ),
        new(
            EngineParts.Token,
            "token",
            "加密机",
            "正式 real, PKCS#11",
            "开发用 development, 文件密钥 keys in files",
            "Hsm:Provider=Pkcs11"
        ),
        new(
            EngineParts.Participants,
            "participants",
            "企业名录",
            "正式 real, Engine:ParticipantsFile",
            "开发用 development, 虚构企业 invented companies",
            "Engine:ParticipantsFile=FILE"
        ),
        new(
            EngineParts.Identity,
            "identity",
            "身份",
            "正式 real, Access:Authority、Access:Accounts 或 or Access:Certificates",
            "开发用 development, 文件中的账户，仅限本机 accounts in a file, on loopback only",
            "Access:Authority=https://ISSUER"
        ),
        new(
            EngineParts.Simulator,
            "customs",
            "海关",
            "不由本进程模拟 not simulated by this process",
            "开发用 development, 模拟器 the simulator answers",
            "Engine:Simulator=false"
        ),
    ];

    /// <summary>The parts that these settings ask for; what they leave open follows the others.</summary>
    /// <param name="engine">Its two switches may be null.</param>
    /// <param name="allowed">Development parts that may stand beside real ones.</param>
    /// <param name="bootstrapServers">Of a real Kafka; null or empty where none is named.</param>
    /// <param name="storage">Which database.</param>
    /// <param name="hsm">Which token.</param>
    /// <param name="access">Who vouches for callers.</param>
    /// <exception cref="OptionsValidationException">A development part would run beside a real one and is not allowed to by name.</exception>
    public static PartsInUse Of(
        EngineOptions engine,
        EngineParts allowed,
        string? bootstrapServers,
        StorageOptions storage,
        HsmOptions hsm,
        AccessOptions access
    )
    {
        var namesKafka = !string.IsNullOrEmpty(bootstrapServers);
        if (namesKafka && engine.DevelopmentBroker == true)
            throw Refused(
                $"Engine:DevelopmentBroker=true 与 Kafka:BootstrapServers={bootstrapServers} 互相矛盾，请去掉其一。Engine:DevelopmentBroker=true and Kafka:BootstrapServers={bootstrapServers} contradict each other; take one away."
            );

        var development = EngineParts.None;
        if (engine.DevelopmentBroker ?? !namesKafka)
            development |= EngineParts.Broker;
        if (storage.Provider == StorageProvider.Sqlite)
            development |= EngineParts.Database;
        if (hsm.Provider == HsmProvider.Development)
            development |= EngineParts.Token;
        if (engine.ParticipantsFile is null)
            development |= EngineParts.Participants;
        if (!access.IsReal)
            development |= EngineParts.Identity;
        if (engine.Simulator ?? development == Surroundings)
            development |= EngineParts.Simulator;

        var parts = new PartsInUse(development);
        var unwanted = parts.Mixed & ~allowed;
        return unwanted == EngineParts.None ? parts : throw Refused(parts.Refusal(unwanted));
    }

    /// <summary>Development parts that run beside real ones; none where all are of one sort.</summary>
    public EngineParts Mixed => Real == EngineParts.None ? EngineParts.None : Development;

    public bool IsDevelopment(EngineParts part) => Development.HasFlag(part);

    /// <summary>The real parts. A simulator that is off is none: customs may simply not be there.</summary>
    public EngineParts Real => Surroundings & ~Development;

    /// <summary>Which parts are real and which are not, a line each.</summary>
    /// <param name="places">Where a part is, where that says more than its name.</param>
    public string Block(IReadOnlyDictionary<EngineParts, string> places)
    {
        var lines = Descriptions.Select(d => Line(d, places.GetValueOrDefault(d.Part)));
        return $"部件 parts\n{string.Join('\n', lines)}";
    }

    /// <summary>The loud warning of a start that mixes; null where nothing is mixed.</summary>
    public string? Warning() =>
        Mixed == EngineParts.None
            ? null
            : $"开发用部件 {Names(Mixed)} 与正式部件 {Names(Real)} 并用（Engine:AllowDevelopmentParts），仅限测试环境，不得用于真实申报。Development parts {Names(Mixed)} run beside real ones ({Names(Real)}), as Engine:AllowDevelopmentParts says: for test rigs only, never for real declarations.";

    string Line(Description part, string? place)
    {
        var what = IsDevelopment(part.Part) ? part.ForDevelopment : part.Real;
        var where = place is null ? "" : $" ({place})";
        return $"  {part.Chinese} {part.Name}: {what}{where}";
    }

    string Refusal(EngineParts unwanted)
    {
        var remedies = Descriptions.Where(d => unwanted.HasFlag(d.Part)).Select(d => d.Remedy).ToArray();
        var byName =
            $"Engine:AllowDevelopmentParts={Mixed.ToString().Replace(" ", "", StringComparison.Ordinal)}";
        return $"开发用部件 {Names(unwanted)} 不得与正式部件 {Names(Real)} 并用，请设置 {string.Join("、", remedies)}；仅测试环境可按名称放行：{byName}。"
            + $"Development parts {Names(unwanted)} must not run beside real ones ({Names(Real)}): set {string.Join(", ", remedies)}. A test rig, and nothing else, may allow them by name: {byName}.";
    }

    static string Names(EngineParts parts) =>
        string.Join(", ", Descriptions.Where(d => parts.HasFlag(d.Part)).Select(d => d.Name));

    static OptionsValidationException Refused(string text) => new("Engine", typeof(EngineOptions), [text]);
}
