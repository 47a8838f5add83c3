using ClearanceEngine.Ceb;

namespace ClearanceEngine;

/// <summary>The topics of the engine.</summary>
public static class TopicNames
{
    public const string Outbound = "customs.outbound",
        Receipts = "customs.receipts",
        Queries = "customs.queries",
        SetAside = "customs.set-aside",
        DeadLetters = "clearance.dead-letters",
        DeadLetterRuns = "clearance.dead-letters.runs";

    /// <summary>Headers of a record that came by HTTP: whose door, which request, and the proof that a door of this cluster set them.</summary>
    public const string DoorHeader = "ce-door",
        CorrelationHeader = "ce-correlation",
        DoorMacHeader = "ce-door-mac";

    /// <summary>
    /// Header of a record that came by HTTP: the proof that a door of this cluster asked its caller who it is and put this value on
    /// this topic. It stays with a dead letter that is put back, when nobody waits for an answer any more.
    /// </summary>
    public const string SenderMacHeader = "ce-sender-mac";

    /// <summary>
    /// Headers of a dead letter: when its record first arrived (ISO 8601, UTC), and the proof that an engine of this cluster wrote
    /// that. Whoever puts a letter back copies both unchanged; without the proof the broker's time of the retry counts.
    /// </summary>
    public const string ArrivedHeader = "ce-arrived",
        ArrivedMacHeader = "ce-arrived-mac";

    /// <summary>Header of a record that was put back from the dead letters: how often.</summary>
    public const string RetriedHeader = "ce-retried";

    /// <summary>
    /// Header of an outbound record: the message's guid, which CEB900 echoes as oriCopMsgId. Where the transport has numbers of
    /// its own, it may put this header on the record that brings the CEB900.
    /// </summary>
    public const string MessageHeader = "ce-message";

    /// <summary>Header of a record that was set aside: the name of its root element.</summary>
    public const string KindHeader = "ce-kind";

    /// <summary>The topics that participants share; <see cref="DeclarationTopic"/> has those of one alone.</summary>
    public static IReadOnlyList<string> Declarations { get; } =
    [.. DocumentTypes.All.Select(d => d.Topic).Distinct()];

    /// <summary>The shared topic of a declaration; null for a receipt.</summary>
    public static string? Of(CebType type) => DocumentTypes.DescriptorOfMessage(type)?.Topic;
}
