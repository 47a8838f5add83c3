using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Settings;

/// <summary>What the Kafka client would refuse when it is made, or its files: told at the start with the setting's name.</summary>
static class KafkaClientFaults
{
    public static IEnumerable<SettingFault> Of(KafkaConnectionOptions kafka) =>
        [
            .. OfAuthorities(nameof(kafka.SslCaLocation), kafka.SslCaLocation),
            .. OfFile(
                nameof(kafka.SslCertificateLocation),
                kafka.SslCertificateLocation,
                isCertificate: true
            ),
            .. OfFile(nameof(kafka.SslKeyLocation), kafka.SslKeyLocation, isCertificate: false),
            .. OfNames(nameof(kafka.Common), kafka.Common, MakeAdmin),
            .. OfNames(nameof(kafka.Admin), kafka.Admin, MakeAdmin),
            .. OfNames(nameof(kafka.Producer), kafka.Producer, MakeProducer),
            .. OfNames(nameof(kafka.Consumer), kafka.Consumer, MakeConsumer),
        ];

    static IEnumerable<SettingFault> OfFile(string name, string? path, bool isCertificate)
    {
        if (path is null)
            yield break;
        if (SettingFile.Read(path).Fault is { } fault)
            yield return new($"Kafka:{name}", path, fault);
        else if (isCertificate && !CertificateFile.Holds(path))
            yield return new(
                $"Kafka:{name}",
                path,
                "文件中没有 PEM 证书。The file holds no certificate in PEM."
            );
    }

    /// <summary>A file, a directory or the word <c>probe</c>: librdkafka itself says what it takes, we only why not.</summary>
    static IEnumerable<SettingFault> OfAuthorities(string name, string? location)
    {
        if (location is null || AreTaken(location))
            yield break;

        var fault = SettingFile.Read(location).Fault
            ?? "文件中没有 PEM 证书。The file holds no certificate in PEM.";
        yield return new($"Kafka:{name}", location, fault);
    }

    static bool AreTaken(string location)
    {
        var config = new ClientConfig { SecurityProtocol = SecurityProtocol.Ssl, SslCaLocation = location };
        try
        {
            MakeAdmin(config).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>librdkafka knows its own names best: a client is made of each, without brokers, and let go.</summary>
    static IEnumerable<SettingFault> OfNames(
        string group,
        Dictionary<string, string> names,
        Func<ClientConfig, IDisposable> make
    )
    {
        foreach (var (name, value) in names)
        {
            var config = new ClientConfig();
            config.Set(name, value);
            if (Refusal(config, make) is { } text)
                yield return new($"Kafka:{group}:{name}", null, text);
        }
    }

    static string? Refusal(ClientConfig config, Func<ClientConfig, IDisposable> make)
    {
        try
        {
            make(config).Dispose();
            return null;
        }
        catch (InvalidOperationException e)
            when (e.Message.Contains("No such configuration property", StringComparison.Ordinal))
        {
            return "librdkafka 没有此设置。librdkafka has no such setting; its names are in its CONFIGURATION.md.";
        }
        catch (ArgumentException)
        {
            return "librdkafka 不接受此值。librdkafka does not take this value; its CONFIGURATION.md says what is allowed.";
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            // It wants others beside it; the client is made of all together when the engine starts.
            return null;
        }
    }

    static IAdminClient MakeAdmin(ClientConfig config) =>
        new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();

    static IProducer<Null, Null> MakeProducer(ClientConfig config) =>
        new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();

    static IConsumer<Ignore, Ignore> MakeConsumer(ClientConfig config)
    {
        config.Set("group.id", "settings");
        return new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler((_, _) => { }).Build();
    }
}
