using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Settings;

/// <summary>All settings of the engine, bound and checked: what cannot work is told before anything starts, all of it at once.</summary>
sealed class EngineSettings
{
    /// <summary>With these allowed, no mixture is refused.</summary>
    const EngineParts Every =
        EngineParts.Broker
        | EngineParts.Database
        | EngineParts.Token
        | EngineParts.Participants
        | EngineParts.Simulator
        | EngineParts.Identity;

    readonly Dictionary<string, object> _sections;
    readonly List<SettingFault> _faults = [];

    EngineSettings(IConfiguration configuration)
    {
        Sources = new SettingSources(configuration);
        Listening = ListeningAddresses.Of(configuration);
        var reader = new SettingsReader(configuration, Sources);
        _sections = SettingsCatalogue.Sections.ToDictionary(s => s.Name, reader.Read, StringComparer.Ordinal);
        reader.RefuseStrangers();
        _faults.AddRange(reader.Faults);

        Parts = PartsOf(isRead: reader.Faults.Count == 0);
        DerivedSettings.FillIn(this);
        foreach (var (name, options) in _sections)
            Add(SettingsCheck.Of(name, options));
        Add(SettingsAcross.Faults(this));
    }

    /// <summary>Who gave what.</summary>
    public SettingSources Sources { get; }

    /// <summary>Where the door is to listen.</summary>
    public IReadOnlyList<string> Listening { get; }

    /// <summary>Which parts are for development.</summary>
    public PartsInUse Parts { get; private set; }

    /// <summary>All that cannot work.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Bound options by the names of their sections.</summary>
    public IReadOnlyDictionary<string, object> Sections => _sections;

    /// <summary>The options of a section.</summary>
    public T Get<T>() => _sections.Values.OfType<T>().Single();

    /// <summary>The settings as they are, right or wrong; nothing is started or made.</summary>
    public static EngineSettings Look(IConfiguration configuration)
    {
        var settings = new EngineSettings(configuration);
        settings.Add(SettingsAcross.Callers(settings));
        return settings;
    }

    /// <summary>The settings, checked.</summary>
    /// <param name="configuration">All of it.</param>
    /// <param name="isToStart">An engine is to start with them, which must be able to write to its directories and know whom it listens to.</param>
    /// <exception cref="OptionsValidationException">Some cannot work; each is a line.</exception>
    public static EngineSettings Read(IConfiguration configuration, bool isToStart)
    {
        var settings = new EngineSettings(configuration);
        if (isToStart)
        {
            settings.Add(SettingsAcross.Callers(settings));
            settings.Add(SettingDirectories.Unwritable(settings));
        }
        Refuse(settings._faults);
        return settings;
    }

    /// <summary>The settings, of which only some sections must work.</summary>
    /// <param name="configuration">All of it.</param>
    /// <param name="sections">Names of those that are used.</param>
    /// <exception cref="OptionsValidationException">Some of these cannot work; each is a line.</exception>
    public static EngineSettings Read(IConfiguration configuration, params string[] sections)
    {
        var settings = new EngineSettings(configuration);
        Refuse([
            .. settings._faults.Where(f =>
                f.Name.Split(':')[0] is var root
                && (sections.Contains(root) || !SettingsCatalogue.Roots.Contains(root))
            ),
        ]);
        return settings;
    }

    static void Refuse(IReadOnlyList<SettingFault> faults)
    {
        if (faults.Count > 0)
            throw new OptionsValidationException(
                "settings",
                typeof(EngineSettings),
                faults.Select(f => f.ToString())
            );
    }

    void Add(IEnumerable<SettingFault> faults) =>
        _faults.AddRange(faults.Select(f => f with { Source = f.Source ?? Sources.Of(f.Name) }));

    /// <summary>Names that are mistyped say nothing about which parts were meant: a mixture is told once they are right.</summary>
    PartsInUse PartsOf(bool isRead)
    {
        var engine = Get<EngineOptions>();
        try
        {
            return Of(isRead ? engine.AllowDevelopmentParts : Every);
        }
        catch (OptionsValidationException e)
        {
            _faults.AddRange(e.Failures.Select(text => new SettingFault("Engine", null, text)));
        }
        return engine.DevelopmentBroker == true ? new PartsInUse(EngineParts.None) : Of(Every);

        PartsInUse Of(EngineParts allowed) =>
            PartsInUse.Of(
                engine,
                allowed,
                Get<KafkaConnectionOptions>().BootstrapServers,
                Get<StorageOptions>(),
                Get<HsmOptions>(),
                Get<AccessOptions>()
            );
    }
}
