using System.Text;
using System.Text.Json;
using ClearanceEngine.Client.Verbs;
using Microsoft.Extensions.Configuration;

namespace ClearanceEngine.Client.Kafka;

/// <summary>
/// A file with Kafka's settings: the engine's own <c>appsettings.json</c> (its section Kafka counts), JSON with librdkafka's
/// names, or lines <c>name=value</c> as Kafka's own tools take them.
/// </summary>
static class KafkaSettingsFile
{
    /// <summary>More is no file of settings.</summary>
    const int MostBytes = 1024 * 1024;

    const string Section = "Kafka:";

    /// <summary>Settings by the engine's names, relative to its section Kafka.</summary>
    /// <exception cref="VerbException">It cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string?>> Read(FileInfo file)
    {
        if (file is { Exists: true, Length: > MostBytes })
            throw NotUnderstood(
                file,
                $"它有 {file.Length} 字节，不是配置文件 it has {file.Length} bytes, most {MostBytes}"
            );

        var text = File.ReadAllText(file.FullName);
        return text.TrimStart().StartsWith('{') ? OfJson(file, text) : [.. OfLines(file, text)];
    }

    /// <summary>A setting of librdkafka, by its own name.</summary>
    public static KeyValuePair<string, string?> OfLibrary(string name, string? value) =>
        new($"Common:{name}", value);

    /// <summary>The section may hold more than the connection, such as the producer's limits; the command line has no use for that.</summary>
    public static bool IsOfConnections(string name) =>
        name.Length > 0
        && (
            !name.Contains(':', StringComparison.Ordinal)
            || name.StartsWith("Common:", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Consumer:", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Producer:", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Admin:", StringComparison.OrdinalIgnoreCase)
        );

    static List<KeyValuePair<string, string?>> OfJson(FileInfo file, string text)
    {
        List<KeyValuePair<string, string?>> settings;
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            // Objects have no value of their own.
            settings =
            [
                .. new ConfigurationBuilder()
                    .AddJsonStream(stream)
                    .Build()
                    .AsEnumerable()
                    .Where(s => s.Value is not null),
            ];
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException)
        {
            throw NotUnderstood(file, (e.InnerException ?? e).Message, e);
        }

        var section = settings.Where(s => s.Key.StartsWith(Section, StringComparison.OrdinalIgnoreCase));
        if (section.Any())
            return
            [
                .. section
                    .Select(s => KeyValuePair.Create(s.Key[Section.Length..], s.Value))
                    .Where(s => IsOfConnections(s.Key)),
            ];

        if (settings.Find(s => s.Key.Contains(':', StringComparison.Ordinal)) is { Key: { } nested })
            throw NotUnderstood(file, $"没有 Kafka 一节 it has no section Kafka, but {nested}");
        return settings.ConvertAll(s => OfLibrary(s.Key, s.Value));
    }

    static IEnumerable<KeyValuePair<string, string?>> OfLines(FileInfo file, string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] is '#' or '!')
                continue;

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw NotUnderstood(file, $"第 {number} 行不是 名称=值 line {number} is not name=value");
            yield return OfLibrary(line[..equals].Trim(), line[(equals + 1)..].Trim());
        }
    }

    static VerbException NotUnderstood(FileInfo file, string why, Exception? inner = null) =>
        VerbException.Usage(
            "bad-kafka-settings",
            $"Kafka 配置文件 {file.Name} 无法理解 cannot be understood: {why}. 可用引擎的 appsettings.json，或 librdkafka 名称的 JSON 或 名称=值 行。It takes the engine's appsettings.json, or librdkafka's names as JSON or name=value lines.",
            inner
        );
}
