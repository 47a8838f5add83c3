using System.Diagnostics.Metrics;

namespace ClearanceEngine.Silo.Intake;

/// <summary>Meter <c>ClearanceEngine</c>: what came in, what went out.</summary>
static class EngineMetrics
{
    public const string Name = "ClearanceEngine";

    static readonly Meter Meter = new(Name);
    static readonly Counter<long> DocumentsIn = Meter.CreateCounter<long>(
        "documents.in",
        "{document}",
        "Documents taken in, by type and outcome."
    );
    static readonly Counter<long> ReceiptsIn = Meter.CreateCounter<long>(
        "receipts.in",
        "{receipt}",
        "Receipts taken in, by type."
    );
    static readonly Counter<long> MessagesSetAside = Meter.CreateCounter<long>(
        "receipts.set.aside",
        "{message}",
        "Messages on the channel of receipts that are none, by reason."
    );
    static readonly Counter<long> MessagesOut = Meter.CreateCounter<long>(
        "messages.out",
        "{message}",
        "Messages sent to customs, by type."
    );
    static readonly Counter<long> DocumentsOut = Meter.CreateCounter<long>(
        "documents.out",
        "{document}",
        "Documents in them."
    );
    static readonly Counter<long> MessagesDissolved = Meter.CreateCounter<long>(
        "messages.dissolved",
        "{message}",
        "Messages that the broker refused, by type; their documents went in smaller ones or were refused."
    );
    static readonly Counter<long> ReceiptsOut = Meter.CreateCounter<long>(
        "receipts.out",
        "{receipt}",
        "Receipts handed on."
    );

    public static void Document(DocumentType type, object outcome) =>
        DocumentsIn.Add(1, new("type", type.Name()), new("outcome", outcome.ToString()));

    public static void Receipt(string type) =>
        ReceiptsIn.Add(1, new KeyValuePair<string, object?>("type", type));

    public static void SetAside(string reason) =>
        MessagesSetAside.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Sent(string type, int documents)
    {
        MessagesOut.Add(1, new KeyValuePair<string, object?>("type", type));
        DocumentsOut.Add(documents, new KeyValuePair<string, object?>("type", type));
    }

    public static void Dissolved(string type) =>
        MessagesDissolved.Add(1, new KeyValuePair<string, object?>("type", type));

    public static void HandedOn() => ReceiptsOut.Add(1);
}
