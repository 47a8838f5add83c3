using System.Text.Json;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.Configuration;

/// <summary>What the client's file of settings says; null where it says nothing. See docs/client.md.</summary>
/// <param name="Url">Address of the engine.</param>
/// <param name="Kafka">Address of Kafka, host:port.</param>
/// <param name="KafkaConfig">File of Kafka's settings; one that is not absolute lies beside this file.</param>
/// <param name="KafkaTimeout">Seconds after which a Kafka that says nothing counts as out of reach.</param>
/// <param name="KafkaSettings">Settings of librdkafka by their own names.</param>
sealed record ClientFile(
    string? Url,
    string? Kafka,
    FileInfo? KafkaConfig,
    int? KafkaTimeout,
    IReadOnlyDictionary<string, string> KafkaSettings
)
{
    /// <summary>More is no file of settings.</summary>
    const int MostBytes = 1024 * 1024;

    const string UrlName = "url",
        KafkaName = "kafka",
        KafkaConfigName = "kafkaConfig",
        KafkaTimeoutName = "kafkaTimeout",
        KafkaSettingsName = "kafkaSettings";

    /// <summary>All that it may say.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [UrlName, KafkaName, KafkaConfigName, KafkaTimeoutName, KafkaSettingsName];

    static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public static ClientFile Empty { get; } = new(null, null, null, null, new Dictionary<string, string>());

    /// <summary>Reads a file. No value of it is ever told: it may be a secret.</summary>
    /// <exception cref="VerbException">It is no JSON object, or has a name or a kind of value that is not known.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ClientFile Read(FileInfo file)
    {
        if (file is { Exists: true, Length: > MostBytes })
            throw Wrong(
                file,
                $"有 {file.Length} 字节，上限 {MostBytes}。It has {file.Length} bytes, at most {MostBytes} are a file of settings."
            );

        using var json = Parsed(file);
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw Wrong(file, "应为 JSON 对象。It must be a JSON object.");

        RefuseUnknown(file, root);
        return new ClientFile(
            Text(file, root, UrlName),
            Text(file, root, KafkaName),
            Text(file, root, KafkaConfigName) is { } path ? Beside(file, path) : null,
            Number(file, root, KafkaTimeoutName),
            Settings(file, root)
        );
    }

    static JsonDocument Parsed(FileInfo file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(file.FullName), Options);
        }
        catch (JsonException e)
        {
            throw Wrong(
                file,
                $"第 {e.LineNumber + 1} 行不是合法的 JSON。Line {e.LineNumber + 1} is no valid JSON.",
                e
            );
        }
    }

    static void RefuseUnknown(FileInfo file, JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (Names.Contains(member.Name, StringComparer.Ordinal))
                continue;
            var meant = Nearest.Of(member.Name, Names) is { } near ? $" 是否指 did you mean {near}?" : "";
            throw Wrong(
                file,
                $"不认识 {Clip.Quote(member.Name)}。{Clip.Quote(member.Name)} is not known.{meant} 可用 known: {string.Join(", ", Names)}."
            );
        }
    }

    static string? Text(FileInfo file, JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(file, $"{name} 应为非空文本。{name} must be a text that is not empty.");
    }

    static int? Number(FileInfo file, JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(file, $"{name} 应为整数。{name} must be a whole number.");
    }

    static Dictionary<string, string> Settings(FileInfo file, JsonElement root)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.TryGetProperty(KafkaSettingsName, out var members))
            return settings;
        if (members.ValueKind != JsonValueKind.Object)
            throw Wrong(
                file,
                $"{KafkaSettingsName} 应为对象，如 {{\"security.protocol\": \"ssl\"}}。{KafkaSettingsName} must be an object of librdkafka's names, such as {{\"security.protocol\": \"ssl\"}}."
            );

        foreach (var member in members.EnumerateObject())
            settings[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
                    member.Value.GetRawText(),
                _ => throw Wrong(
                    file,
                    $"{KafkaSettingsName}.{member.Name} 应为文本、数字或 true/false。{KafkaSettingsName}.{member.Name} must be a text, a number, true or false."
                ),
            };
        return settings;
    }

    static FileInfo Beside(FileInfo file, string path) => new(Path.Combine(file.DirectoryName ?? "", path));

    static VerbException Wrong(FileInfo file, string why, Exception? inner = null) =>
        VerbException.Usage("bad-config", $"配置文件 configuration file {file.FullName}: {why}", inner);
}
