using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// The guids of the messages that this engine gathers. The same members make the same guid, and only this cluster can tell
/// it beforehand: participants choose the guids of the messages that they sign, and one who took another's first would hold
/// it up.
/// </summary>
sealed class MessageGuids(ClusterMac macs)
{
    /// <summary>The guid of a message with these documents, in this order.</summary>
    public string Of(IEnumerable<DispatchItem> documents)
    {
        string[] members = [.. documents.SelectMany(d => new[] { d.ParcelKey, d.Effect.Id })];
        return UuidV5.Of("message", macs.Make(MacPurpose.Message, TopicNames.Outbound, [], members));
    }
}
