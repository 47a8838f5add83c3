using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>What an operator writes is used, or refused by name before anything starts.</summary>
public sealed class EngineSettingsTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("Unmatched:LookAgain=00:00:00", "LookAgain")]
    [InlineData("Unmatched:MostUnderOneName=0", "MostUnderOneName")]
    [InlineData("Unmatched:LookAgian=00:10:00", "LookAgian")]
    [InlineData("SignedMessages:GatherFor=00:00:00", "GatherFor")]
    [InlineData("SignedMessages:Gather=24:00:00", "Gather")]
    [InlineData("Quota:HorizonYears=0", "HorizonYears")]
    [InlineData("Quota:Years=3", "Years")]
    [InlineData("SigningPool:Sessions=0", "Sessions")]
    [InlineData("SigningPool:Session=8", "Session")]
    [InlineData("Parcel:MaxQuestions=0", "MaxQuestions")]
    [InlineData("Dispatch:MessageBytes=4194305", "Kafka:MessageMaxBytes (4259840)")]
    [InlineData("Dispatch:MessageBytes=1000", "MessageBytes")]
    [InlineData("Dispatch:LongestReceiverBackoff=00:00:00.5", "LongestReceiverBackoff")]
    [InlineData("Recovery:LongestRest=00:00:01", "LongestRest")]
    [InlineData("Recovery:Remembered=0", "Remembered")]
    [InlineData("Parcel:ReceiptsWait=00:01:00", "ReceiptsWait")]
    [InlineData("Kafka:BootstrapServer=a:9092", "BootstrapServer")]
    [InlineData("Kafka:Producing:Lingers=00:00:01", "Lingers")]
    [InlineData("Door:Timeout=00:00:00", "Timeout")]
    [InlineData("Door:Waiting=0", "Waiting")]
    [InlineData("Door:ClientReadingBytes=1000000", "Intake:Limits:MessageBytes (4194304)")]
    [InlineData("Door:ReadingBytes=8000000", "ReadingBytes")]
    [InlineData("Door:KnownProxies:0=proxy", "Door:KnownProxies:0 = proxy")]
    [InlineData("Door:Clients=5", "Clients")]
    public void A_setting_that_cannot_work_or_is_not_known_is_refused_by_name(string setting, string named)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build($"--{setting}"));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_are_zero_with_the_development_broker_unless_they_are_set()
    {
        await using var plain = Build();
        var options = plain.Services.GetRequiredService<ParcelRules>().Options;
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (options.DocumentsWait, options.ReceiptsWait));
        await using var set = Build("--Parcel:DocumentsWait=00:00:02");
        options = set.Services.GetRequiredService<ParcelRules>().Options;
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.Zero), (options.DocumentsWait, options.ReceiptsWait));
        await using var streams = Build(
            "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
            "--Kafka:BootstrapServers=localhost:9092",
            "--Intake:Through=Streams",
            "--Parcel:ReceiptsWait=00:00:01"
        );
        options = streams.Services.GetRequiredService<ParcelRules>().Options;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(1)), (options.DocumentsWait, options.ReceiptsWait));
        await using var kafka = Build(
            "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
            "--Kafka:BootstrapServers=localhost:9092"
        );
        options = kafka.Services.GetRequiredService<ParcelRules>().Options;
        Assert.Equal(
            (new ParcelOptions().DocumentsWait, new ParcelOptions().ReceiptsWait),
            (options.DocumentsWait, options.ReceiptsWait)
        );
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_within_seconds_where_customs_is_simulated_beside_its_broker()
    {
        await using var embedded = Build("--Engine:Simulator=true");
        Assert.Equal(TimeSpan.FromSeconds(4), AnswerTimeout(embedded));
        await using var set = Build("--Engine:Simulator=true", "--Parcel:AnswerTimeout=00:01:00");
        Assert.Equal(TimeSpan.FromMinutes(1), AnswerTimeout(set));
        await using var alone = Build();
        Assert.Equal(new ParcelOptions().AnswerTimeout, AnswerTimeout(alone));

        static TimeSpan AnswerTimeout(Microsoft.AspNetCore.Builder.WebApplication app) =>
            app.Services.GetRequiredService<ParcelRules>().Options.AnswerTimeout;
    }

    [Fact]
    public async Task What_the_cluster_is_given_is_known_and_can_work()
    {
        var secret = Path.Combine(_directory, "secret");
        await File.WriteAllTextAsync(secret, "1234", TestContext.Current.CancellationToken);
        var participants = Path.Combine(_directory, "participants.json");
        await File.WriteAllTextAsync(
            participants,
            ParticipantFile.One,
            TestContext.Current.CancellationToken
        );
        var key = Convert.ToBase64String(new byte[32]);
        string[] secrets =
        [
            "--Storage:ConnectionString=Host=db",
            $"--Storage:Keys:Ring:1={key}",
            $"--Identity:HmacKey={key}",
            $"--Hsm:PinFile={secret}",
            $"--Hsm:ModulePath={secret}",
            $"--Engine:ParticipantsFile={participants}",
        ];
        await using var app = EngineHost.Build([], b =>
            b.Configuration.AddJsonFile(
                    Path.Combine(AppContext.BaseDirectory, "k8s", "appsettings.Production.json")
                )
                .AddCommandLine(secrets)
        );
        Assert.True(app.Services.GetRequiredService<EngineOptions>().Cluster);
        Assert.Equal(EngineParts.None, app.Services.GetRequiredService<PartsInUse>().Development);
    }

    Microsoft.AspNetCore.Builder.WebApplication Build(params string[] settings) =>
        EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:Simulator=false",
            .. settings,
        ]);
}
