using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Silo.Intake;

/// <summary>How records come from Kafka to intake.</summary>
public enum IntakePath
{
    /// <summary>A consumer group that calls intake directly: cheapest, and a slow record holds up no other.</summary>
    Feed,

    /// <summary>
    /// Orleans streams, one a partition: silos share partitions by Orleans' balancer. A batch of records waits for its slowest,
    /// so nothing waits to be stored with what comes next (<c>Parcel:DocumentsWait</c>, <c>ReceiptsWait</c> are 0 unless set): more writes a parcel.
    /// </summary>
    Streams,
}

/// <summary>Bounds of intake.</summary>
public sealed class IntakeOptions
{
    /// <summary>How records come from Kafka to intake; both keep their positions in the same consumer groups. Never both at once. Default feed.</summary>
    public IntakePath Through { get; set; }

    /// <summary>
    /// Which topics participants write their documents to. A topic of its own tells who a participant is (its ACL); on a shared one
    /// its signature has to (<c>mustSign</c> of the participants' file). Topics that are no longer read keep what is in them. Default shared.
    /// </summary>
    public TopicSharing Topics { get; set; }

    /// <summary>What a message may cost before it is refused.</summary>
    public CebLimits Limits { get; set; } = new();

    /// <summary>Parcels of one record that are worked on at once; those that wait to be stored keep their place. Default 100, as many as a message may hold.</summary>
    [Range(1, 10_000)]
    public int ParcelsAtOnce { get; set; } = 100;

    /// <summary>Records handled at once in this silo, with those that only wait to be stored with what comes next (<c>Parcel:DocumentsWait</c>, <c>ReceiptsWait</c>). Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int InFlight { get; set; } = 4_096;

    /// <summary>Bytes of records held at once in this silo. Default 64 MiB.</summary>
    [Range(typeof(long), "1", "1099511627776")]
    public long InFlightBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How far one slow record lets others of its partition run ahead, in records. Default 1,000.</summary>
    [Range(1, 10_000_000)]
    public int PartitionSpan { get; set; } = 1_000;

    /// <summary>Tries of a record that fails while its neighbours succeed, before it is parked; a part that is away counts none (ADR 011). Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int MaxAttempts { get; set; } = 20;

    /// <summary>Time for which such a record is tried before it is parked. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MaxRetryTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long records in flight may finish at a hand-over or stop. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A receipt whose parcel is not found is looked for again this often, for its index row may just be on its way; then it waits on its own. Default 3.</summary>
    [Range(1, 1_000)]
    public int ReceiptLookups { get; set; } = 3;

    /// <summary>How long a record waits for the topic of a participant that it must tell a refusal; then the topic counts as broken and the record is parked. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RefusalTime { get; set; } = TimeSpan.FromSeconds(5);
}
