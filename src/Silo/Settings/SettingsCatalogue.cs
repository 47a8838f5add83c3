using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Repeats;
using ClearanceEngine.Rules;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Changes;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Settings;

/// <summary>A section of the configuration.</summary>
/// <param name="Name">Its name, such as <c>Kafka:Producing</c>.</param>
/// <param name="Options">The type that it is bound to.</param>
sealed record SettingsSection(string Name, Type Options);

/// <summary>
/// The one list of what the engine's configuration may hold. Binding, checking, the refusal of unknown names, the reference
/// (docs/settings.md, docs/settings.zh-CN.md) and the verb <c>settings</c> all follow it.
/// </summary>
static class SettingsCatalogue
{
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        new("Engine", typeof(EngineOptions)),
        new("Kafka", typeof(KafkaConnectionOptions)),
        new("Kafka:Producing", typeof(KafkaProducerOptions)),
        new("Topics", typeof(TopicOptions)),
        new("Storage", typeof(StorageOptions)),
        new("Identity", typeof(IdentityOptions)),
        new("Hsm", typeof(HsmOptions)),
        new("SigningPool", typeof(SigningPoolOptions)),
        new("Intake", typeof(IntakeOptions)),
        new("Door", typeof(DoorOptions)),
        new("Changes", typeof(ChangesOptions)),
        new("Repeats", typeof(RepeatOptions)),
        new("Access", typeof(AccessOptions)),
        new("CustomsPort", typeof(CustomsPortOptions)),
        new("Tax", typeof(TaxOptions)),
        new("Parcel", typeof(ParcelOptions)),
        new("Quota", typeof(QuotaOptions)),
        new("Unmatched", typeof(UnmatchedOptions)),
        new("SignedMessages", typeof(SignedMessageOptions)),
        new("Dispatch", typeof(DispatchOptions)),
        new("Recovery", typeof(RecoveryOptions)),
        new("Retention", typeof(RetentionOptions)),
        new("Simulator", typeof(CustomsSimulatorOptions)),
        new("Logging", typeof(LoggingOptions)),
    ];

    /// <summary>Names at the top that are not ours: .NET's host and its web server read them.</summary>
    public static IReadOnlyList<string> OfFramework { get; } =
    [
        "Urls",
        "AllowedHosts",
        "Kestrel",
        "HTTP_PORTS",
        "HTTPS_PORTS",
        "https_port",
        "environment",
        "applicationName",
        "contentRoot",
        "webRoot",
        "startupAssembly",
        "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies",
        "preventHostingStartup",
        "preferHostingUrls",
        "detailedErrors",
        "captureStartupErrors",
        "suppressStatusMessages",
        "shutdownTimeoutSeconds",
        "ForwardedHeaders_Enabled",
        "hostBuilder",
    ];

    /// <summary>
    /// Sections that had another name (docs/glossary.md), by that name. What is still given by it would have no effect, and in the
    /// environment nothing else would tell: so whoever gives it is told today's name.
    /// </summary>
    static readonly Dictionary<string, string> Renamed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Port"] = "CustomsPort",
        ["Waiting"] = "Unmatched",
    };

    /// <summary>Today's name of a setting, or a section, that is asked for by a former one; null where it is none.</summary>
    /// <param name="name">Full name, such as <c>Port:Interception</c>.</param>
    public static string? NameNow(string name)
    {
        var parts = name.Split(':', 2);
        return Renamed.TryGetValue(parts[0], out var section)
            ? string.Join(':', [section, .. parts[1..]])
            : null;
    }

    /// <summary>Sections that stand within this one, by the last part of their names.</summary>
    public static IEnumerable<string> Within(string section) =>
        Sections
            .Where(s => s.Name.StartsWith($"{section}:", StringComparison.Ordinal))
            .Select(s => s.Name[(section.Length + 1)..]);

    /// <summary>Names at the top that are ours.</summary>
    public static IEnumerable<string> Roots =>
        Sections.Select(s => s.Name).Where(n => !n.Contains(':', StringComparison.Ordinal));
}
