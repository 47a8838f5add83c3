using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Ceb;

/// <summary>What a message may cost before it is refused.</summary>
public sealed class CebLimits
{
    /// <summary>Bytes of one message; larger ones are refused unread. Default 4 MiB.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Cap for what the schema leaves unbounded (waybills of a 711, bills of an 816 or 818). Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int UnboundedItems { get; set; } = 20_000;

    /// <summary>Depth of nested elements, inside ExtendMessage too. Default 32.</summary>
    [Range(8, 1_000)]
    public int Depth { get; set; } = 32;

    /// <summary>
    /// Bytes of BaseSubscribe and ExtendMessage where the platform makes the message: they are kept with each of its documents,
    /// and together take no more than MessageBytes. Larger ones are refused; a message that its participant signed leaves as it is. Default 16 KiB.
    /// </summary>
    [Range(0, 1024 * 1024)]
    public int FrameBytes { get; set; } = 16 * 1024;

    public static CebLimits Default { get; } = new();
}
