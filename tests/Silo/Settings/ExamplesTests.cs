using System.Text.Json.Nodes;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Hosting;
using Json.Schema;
using Microsoft.Extensions.Configuration;

namespace ClearanceEngine.Tests.Settings;

/// <summary>The examples of <c>docs/examples</c> can be used as they are, but for what only their reader knows.</summary>
public class ExamplesTests
{
    static readonly string Examples = Path.Combine(AppContext.BaseDirectory, "docs", "examples");

    /// <summary>Files and secrets of the site, and nothing else, are missing.</summary>
    [Fact]
    public void The_production_example_lacks_only_what_its_reader_must_fill_in()
    {
        var file = Path.Combine(Examples, "appsettings.production.json");
        var settings = EngineSettings.Look(new ConfigurationBuilder().AddJsonFile(file).Build());

        Assert.Equal(
            [
                "Engine:ParticipantsFile",
                "Engine:Tls:AuthorityFile",
                "Engine:Tls:CertificateFile",
                "Engine:Tls:KeyFile",
                "Hsm:ModulePath",
                "Hsm:PinFile",
                "Identity:HmacKey",
                "Kafka:SaslMechanism",
                "Kafka:SslCaLocation",
                "Storage:ConnectionString",
                "Storage:Keys:Ring:1",
                "Tax:RatesFile",
            ],
            settings.Faults.Select(f => f.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(0, (int)settings.Parts.Development);
    }

    [Fact]
    public void The_schema_of_participants_is_that_of_the_reader()
    {
        var schema = ParticipantsSchema.Write();
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            File.WriteAllText(
                Path.Combine(Repository.Root, docs, "examples", "participants.schema.json"),
                schema
            );
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Examples, "participants.schema.json")), schema);
    }

    [Fact]
    public void The_development_participants_are_valid_by_the_schema()
    {
        using var stream = typeof(Participant).Assembly.GetManifestResourceStream(
            "ClearanceEngine.Participants.development-participants.json"
        )!;
        Assert.True(IsValid(JsonNode.Parse(stream)!));
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{ "code": "123", "name": "A", "roles": ["platform"] }]""")]
    [InlineData("""[{ "code": "1234567890", "roles": ["platform"] }]""")]
    [InlineData("""[{ "code": "1234567890", "name": "A", "roles": [] }]""")]
    [InlineData("""[{ "code": "1234567890", "name": "A", "roles": ["carrier"] }]""")]
    [InlineData("""[{ "code": "1234567890", "name": "A", "roles": ["platform"], "modes": ["1234"] }]""")]
    [InlineData("""[{ "code": "1234567890", "name": "A", "roles": ["platform"], "customs": ["99"] }]""")]
    [InlineData("""[{ "code": "1234567890", "name": "A", "roles": ["platform"], "topic": "x" }]""")]
    public void What_the_reader_refuses_the_schema_refuses(string participants) =>
        Assert.False(IsValid(JsonNode.Parse(participants)!));

    [Fact]
    public void Every_field_of_a_participant_is_described()
    {
        var fields = JsonNode.Parse(ParticipantsSchema.Write())!["items"]!["properties"]!.AsObject();
        Assert.All(fields, f => Assert.True($"{f.Value!["description"]}".Length > 10, f.Key));
    }

    static bool IsValid(JsonNode participants) =>
        JsonSchema.FromText(ParticipantsSchema.Write()).Evaluate(participants).IsValid;
}
