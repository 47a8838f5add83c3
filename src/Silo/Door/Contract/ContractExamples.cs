using System.Text;
using System.Text.Json.Nodes;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Messages of invented companies, and answers that they got.</summary>
static class ContractExamples
{
    /// <summary>The bytes of one.</summary>
    public static byte[] Bytes(string name) => Resource($"examples/{name}");

    /// <summary>As the document has it: a JSON value, or the text of anything else.</summary>
    public static JsonNode Node(string name)
    {
        var text = Encoding.UTF8.GetString(Bytes(name)).TrimStart('\uFEFF');
        return name.EndsWith(".json", StringComparison.Ordinal)
            ? JsonNode.Parse(text)!
            : JsonValue.Create(text);
    }

    /// <summary>A text that the host has with it.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(Resource(name));

    static byte[] Resource(string name)
    {
        using var stream = typeof(ContractExamples).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
