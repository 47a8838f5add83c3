using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>The core of an order number, whose platforms all use it, with a broker that takes and a quota that is always granted.</summary>
sealed class OrderWorld
{
    public const string Platform = SampleParcel.Platform,
        Other = "9999900009";

    int _serial;

    /// <summary>Of <see cref="Platform"/>.</summary>
    public static SampleParcel One { get; } = ParcelWorld.Bonded;

    /// <summary>Of <see cref="Other"/>, by the same order number.</summary>
    public static SampleParcel Two { get; } = One with { Person = 8, Serial = "88" };

    public ParcelRules Rules { get; init; } = ParcelWorld.Rules;

    public OrderParcels State { get; private set; } = new();

    public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    /// <summary>Every document that left, with the platform whose parcel sent it.</summary>
    public List<(string EbpCode, DispatchDocument Document)> Left { get; } = [];

    /// <summary>What participants got.</summary>
    public List<ForwardReceipt> Told { get; } = [];

    /// <summary>Everything that was entered.</summary>
    public List<JournalEntry> Journal { get; } = [];

    /// <summary>Sees every decision.</summary>
    public Action<OrderDecision>? Watch { get; set; }

    /// <summary>The documents of a parcel of <see cref="Other"/>.</summary>
    public static CebDocument OfOther(CebDocument document) =>
        document.Schema.Head.Find("ebpCode") is { } field ? document.With(field, Other) : document;

    /// <summary>The news (CEB513) that its waybill's parcel was signed for.</summary>
    public static CebDocument SignedFor(SampleParcel sample) =>
        CebDocument.Create(
            CebType.WaybillStatus,
            (LogisticsStatus.Guid, UuidV5.Of("signed-for", sample.LogisticsNo)),
            (LogisticsStatus.AppType, "1"),
            (LogisticsStatus.AppTime, "20261124110000"),
            (LogisticsStatus.AppStatus, "2"),
            (LogisticsStatus.LogisticsCode, SampleParcel.Carrier),
            (LogisticsStatus.LogisticsNo, sample.LogisticsNo),
            (LogisticsStatus.Status, "S")
        );

    public static CebDocument[] Four(SampleParcel sample) =>
        [sample.Order(), sample.Payment(), sample.Waybill(), sample.List()];

    public Decision Decide(ParcelInput input, string? ebpCode = null)
    {
        var decision = OrderStep.Decide(One.OrderNo, State, new OrderInput(input, ebpCode), Rules, Now);
        State = decision.State;
        Journal.AddRange(decision.Entries);
        Watch?.Invoke(decision);
        return decision.Answer;
    }

    public SubmissionReply Submit(CebDocument document, string? sender = null, params Problem[] problems) =>
        Submit(Submission(document, sender) with { Problems = [.. problems] });

    /// <summary>In a message that its sender signed.</summary>
    public SubmissionReply SubmitSigned(CebDocument document, string messageGuid) =>
        Submit(Submission(document, null) with { SignedMessageGuid = messageGuid });

    SubmissionReply Submit(Submission submission) => Decide(new DocumentArrived(submission)).Reply!;

    Submission Submission(CebDocument document, string? sender)
    {
        var transfer = SampleParcel.Message(document).Transfer!;
        var ebpCode = document.Type == CebType.Order ? document[OrderHead.EbpCode] : null;
        var company = sender ?? ebpCode ?? transfer.CopCode;
        var type = DocumentTypes.OfMessage(document.Type)!.Value;
        return new Submission(type, document, transfer with { CopCode = company }, null, Now, []);
    }

    /// <summary>Does everything in the outboxes until they are empty, as the silo would.</summary>
    public void Settle()
    {
        while (State.Effects().ToArray() is { Length: > 0 } effects)
        {
            foreach (var (ebpCode, effect) in effects)
                Do(ebpCode, effect);
        }
    }

    void Do(string ebpCode, Effect effect)
    {
        switch (effect)
        {
            case ChangeQuota { Step: QuotaStep.Reserve } reserve:
                var granted = new ReserveAnswer(ReserveOutcome.Granted, 0, 0);
                Decide(new ReserveAnswered(reserve.Attempt, granted), ebpCode);
                return;
            case ChangeQuota quota:
                Decide(new QuotaStepDone(quota.Id, quota.Step, quota.Attempt, quota.AmountFen), ebpCode);
                return;
            case SeekUnmatched:
                Decide(new Sought(effect.Id, [], []), ebpCode);
                return;
            case DispatchDocument document:
                Left.Add((ebpCode, document));
                break;
            case ForwardReceipt receipt:
                Told.Add(receipt);
                break;
        }
        var name = new EffectName(ebpCode, effect.Id).ToString();
        Decide(new EffectCompleted(new Completion(name, Now, $"M{++_serial}")));
    }

    /// <summary>Customs says this of a document.</summary>
    public ReceiptReply Answer(CebDocument document, int code)
    {
        Now += TimeSpan.FromSeconds(1);
        var type = DocumentTypes.OfMessage(document.Type)!.Value;
        var receipt = OwnReceipt
            .Make(type, document, code, $"[Code:{code}]", Now)
            .With(
                CebSchema.Of(type.ReceiptType()).Head.Find("guid")!,
                UuidV5.Of(
                    "order-world",
                    (++_serial).ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
            );
        return Decide(new ReceiptArrived(new CustomsAnswer(receipt, Now))).Receipt!;
    }

    /// <summary>Everything leaves, and customs accepts what has left and was not answered yet.</summary>
    public void LeaveAndAccept()
    {
        for (var answered = -1; answered != Left.Count; )
        {
            answered = Left.Count;
            Settle();
            foreach (
                var (_, left) in Left.Where(l => l.Document.Type != DocumentType.DeclarationList).ToArray()
            )
                Answer(left.Document, 2);
            Settle();
        }
    }
}
