namespace ClearanceEngine.Tests.Hosting;

/// <summary>A participants' file that can be used.</summary>
static class ParticipantFile
{
    public const string One = """[{ "code": "1234567890", "name": "One", "roles": ["platform"] }]""";
}
