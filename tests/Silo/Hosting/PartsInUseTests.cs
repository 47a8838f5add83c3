using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Development parts never stand beside real ones unless a test rig names them (decision 9).</summary>
public sealed class PartsInUseTests : IDisposable
{
    const string Kafka = "Kafka:BootstrapServers=localhost:1",
        PostgreSql = "Storage:Provider=PostgreSql",
        Token = "Hsm:Provider=Pkcs11",
        Participants = "Engine:ParticipantsFile={participants}",
        Identity = "Access:Authority=https://issuer",
        Audience = "Access:Audience=clearance",
        Simulator = "Engine:Simulator=true",
        NoSimulator = "Engine:Simulator=false",
        Allow = "Engine:AllowDevelopmentParts=";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>What settings come to: the development parts that run.</summary>
    public static TheoryData<string[], EngineParts> Started =>
        new()
        {
            // Nothing set: the embedded default, with customs.
            { [], All },
            { [NoSimulator], All & ~EngineParts.Simulator },
            { [Simulator, "Engine:DevelopmentBroker=true"], All },
            // Production: nothing for development, though nobody turned the broker or the simulator off.
            { [Kafka, PostgreSql, Token, Participants, Identity, Audience], EngineParts.None },
            { [Kafka, PostgreSql, Token, Participants, .. Certificate], EngineParts.None },
            { [Kafka, PostgreSql, Token, Participants, Identity, Audience, NoSimulator], EngineParts.None },
            // A test rig names what it mixes; to allow a simulator is not yet to ask for one.
            {
                [Kafka, PostgreSql, Allow + "Token,Participants,Identity"],
                EngineParts.Token | EngineParts.Participants | EngineParts.Identity
            },
            {
                [Kafka, PostgreSql, Token, Participants, Identity, Audience, Allow + "Simulator"],
                EngineParts.None
            },
            {
                [Kafka, PostgreSql, Token, Participants, Identity, Audience, Simulator, Allow + "Simulator"],
                EngineParts.Simulator
            },
            {
                [Kafka, PostgreSql, Token, Participants, Identity, Audience, Allow + "Broker,Database"],
                EngineParts.None
            },
        };

    /// <summary>What is refused, and what the refusal must name.</summary>
    public static TheoryData<string[], string[]> RefusedStarts =>
        new()
        {
            // The README's table, followed line by line: until the last, the start says what is still missing.
            { [Kafka], [PostgreSql, Token, "Engine:ParticipantsFile="] },
            { [Kafka, PostgreSql], [Token, "Engine:ParticipantsFile="] },
            { [Kafka, PostgreSql, Token], ["Engine:ParticipantsFile=", "Access:Authority="] },
            { [Kafka, PostgreSql, Token, Participants], ["Access:Authority="] },
            { [Identity, Audience], ["Kafka:BootstrapServers=", PostgreSql, Token] },
            { [PostgreSql], ["Kafka:BootstrapServers=", Token] },
            { [Token], ["Kafka:BootstrapServers=", PostgreSql] },
            { [Participants], ["Kafka:BootstrapServers=", PostgreSql, Token] },
            // A simulator beside anything real.
            { [Kafka, PostgreSql, Token, Participants, Identity, Audience, Simulator], [NoSimulator] },
            { [Participants, Simulator, Allow + "Broker,Database,Token,Identity"], [NoSimulator] },
            // What is allowed is allowed by name only.
            { [Kafka, PostgreSql, Allow + "Token"], ["Engine:ParticipantsFile="] },
            // Two brokers.
            {
                [Kafka, "Engine:DevelopmentBroker=true"],
                ["Engine:DevelopmentBroker", "Kafka:BootstrapServers"]
            },
        };

    const EngineParts All =
        EngineParts.Broker
        | EngineParts.Database
        | EngineParts.Token
        | EngineParts.Participants
        | EngineParts.Identity
        | EngineParts.Simulator;

    static readonly string[] Certificate =
    [
        "Access:Certificates:0:Name=erp",
        $"Access:Certificates:0:Thumbprint={new string('a', 64)}",
        "Access:Certificates:0:Roles:0=Company",
        "Kestrel:Endpoints:Https:Url=https://127.0.0.1:0",
    ];

    [Theory]
    [MemberData(nameof(Started))]
    public async Task Each_part_that_is_left_open_follows_the_others(string[] settings, EngineParts expected)
    {
        await using var app = Build(settings);
        var parts = app.Services.GetRequiredService<PartsInUse>();
        Assert.Equal(expected, parts.Development);
        Assert.Equal(
            expected.HasFlag(EngineParts.Simulator),
            app.Services.GetService<Simulator.CustomsOffice>() is not null
        );
        Assert.Equal(
            expected.HasFlag(EngineParts.Broker),
            app.Services.GetService<DevelopmentBroker.KafkaDevelopmentBroker>() is not null
        );
    }

    [Theory]
    [MemberData(nameof(RefusedStarts))]
    public void A_mixture_that_nobody_named_is_refused_with_the_settings_that_end_it(
        string[] settings,
        string[] named
    )
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build(settings)).Message;
        Assert.All(named, n => Assert.Contains(n, refused, StringComparison.Ordinal));
        Assert.Matches(@"[\u4e00-\u9fff].*[a-z]{4}", refused);
    }

    [Fact]
    public async Task A_start_says_of_each_part_in_both_languages_whether_it_is_real()
    {
        await using var mixed = Build([Kafka, PostgreSql, Allow + "Token,Participants,Identity"]);
        var parts = mixed.Services.GetRequiredService<PartsInUse>();
        var block = parts.Block(new Dictionary<EngineParts, string> { [EngineParts.Broker] = "localhost:1" });
        Assert.Matches("消息 broker: 正式 real, .*localhost:1", block);
        Assert.Matches("数据库 database: 正式 real", block);
        Assert.Matches("加密机 token: 开发用 development", block);
        Assert.Matches("企业名录 participants: 开发用 development", block);
        Assert.Matches("身份 identity: 开发用 development", block);
        Assert.Matches("海关 customs: 不由本进程模拟 not simulated", block);
        Assert.Contains(
            "token, participants, identity run beside real ones (broker, database)",
            parts.Warning(),
            StringComparison.Ordinal
        );

        await using var embedded = Build([]);
        Assert.Null(embedded.Services.GetRequiredService<PartsInUse>().Warning());
    }

    WebApplication Build(string[] settings)
    {
        var participants = Path.Combine(_directory, "participants.json");
        File.WriteAllText(participants, ParticipantFile.One);
        var database = settings.Contains("Storage:Provider=PostgreSql") ? "Host=db" : "Data Source=db";
        var key = Convert.ToBase64String(new byte[32]);
        return EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Storage:ConnectionString={database}",
            $"--Storage:Keys:Ring:1={key}",
            $"--Identity:HmacKey={key}",
            "--Hsm:ModulePath=module.so",
            "--Hsm:TokenLabel=label",
            "--Hsm:Pin=1",
            .. settings.Select(s =>
                $"--{s.Replace("{participants}", participants, StringComparison.Ordinal)}"
            ),
        ]);
    }
}
