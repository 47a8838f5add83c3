namespace ClearanceEngine.Silo.Hosting;

/// <summary>Parts of the engine of which there is a real one and one for development.</summary>
[Flags]
public enum EngineParts
{
    None = 0,

    /// <summary>Kafka, or the broker inside this process, which forgets with it.</summary>
    Broker = 1,

    /// <summary>PostgreSQL, or a SQLite file of this machine.</summary>
    Database = 2,

    /// <summary>The HSM, or keys in files.</summary>
    Token = 4,

    /// <summary>The port's participants, or the invented ones.</summary>
    Participants = 8,

    /// <summary>Customs, or the simulator that answers in its place.</summary>
    Simulator = 16,

    /// <summary>A provider, certificates or accounts of the engine's own that vouch for callers, or accounts in a file, for loopback only.</summary>
    Identity = 32,
}
