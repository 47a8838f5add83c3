using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A parcel's core with a small world around it: a ledger that answers, a broker that takes, and a clock.</summary>
sealed class ParcelWorld
{
    public static ParcelRules Rules { get; } =
        new(
            new CustomsPortOptions(),
            new ParcelOptions { DocumentsWait = TimeSpan.Zero, ReceiptsWait = TimeSpan.Zero },
            LimitTable.Default,
            new TaxCalculator(TaxRates.Sample, new TaxOptions()),
            new SubscriberIdentity(new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) })
        );

    readonly QuotaLedger _ledger = new(LimitTable.Default, 3);
    int _serial;

    public ParcelWorld(SampleParcel sample, ParcelRules? rules = null)
    {
        Sample = sample;
        UsedRules = rules ?? Rules;
    }

    public static SampleParcel Bonded =>
        new()
        {
            OrderNo = "C-1",
            Mode = "1210",
            Person = 7,
            Serial = "77",
            At = new DateTimeOffset(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset),
        };

    public SampleParcel Sample { get; }

    public ParcelRules UsedRules { get; }

    public ParcelState State { get; private set; } = new();

    public QuotaState Quota { get; set; } = new();

    public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    /// <summary>Every document that left, in order.</summary>
    public List<DispatchDocument> Left { get; } = [];

    /// <summary>When each document was gone, by its guid: one after the other.</summary>
    public Dictionary<string, DateTimeOffset> LeftAt { get; } = new(StringComparer.Ordinal);

    /// <summary>What participants got, by the outbox or by the record that brought it.</summary>
    public List<HandOn> HandedOn { get; } = [];

    public List<AskCustoms> Asked { get; } = [];

    /// <summary>Sees every decision: the state before, the input, and what came of it.</summary>
    public Action<ParcelState, ParcelInput, Decision>? Watch { get; set; }

    /// <summary>What a look for what is unmatched finds in other parcels; nothing, unless a test has several.</summary>
    public Func<SeekUnmatched, Sought>? Look { get; set; }

    public ParcelName Name => new(SampleParcel.Platform, Sample.OrderNo);

    public Decision Decide(ParcelInput input)
    {
        var decision = Parcel.Decide(Name, State, input, UsedRules, Now);
        Watch?.Invoke(State, input, decision);
        State = decision.State;
        if (decision.Receipt is { } reply)
            HandedOn.AddRange(reply.HandOns);
        return decision;
    }

    public SubmissionReply Submit(CebDocument document, params Problem[] problems) =>
        SubmitIn(null, document, problems);

    /// <summary>Submits a document of a message that its participant signed, or of one that we gather (null).</summary>
    public SubmissionReply SubmitIn(string? carrier, CebDocument document, params Problem[] problems) =>
        Submit(carrier, null, document, problems);

    /// <summary>Submits a document of a message that has more than documents.</summary>
    public SubmissionReply SubmitWith(CebFrame frame, CebDocument document) =>
        Submit(null, frame, document, []);

    /// <summary>Submits a document that this company transmitted.</summary>
    /// <param name="sender">The transmitting company.</param>
    /// <param name="document">The document.</param>
    /// <param name="principal">The company that it transmits for; null when it speaks for itself.</param>
    public SubmissionReply SubmitBy(string sender, CebDocument document, string? principal = null) =>
        Submit(
            new Submission(
                DocumentTypes.OfMessage(document.Type)!.Value,
                document,
                new CebTransfer(sender, "企业", "DXP", "DXPTEST000000099"),
                null,
                Now,
                [],
                Principal: principal
            )
        );

    SubmissionReply Submit(string? carrier, CebFrame? frame, CebDocument document, Problem[] problems) =>
        Submit(
            new Submission(
                DocumentTypes.OfMessage(document.Type)!.Value,
                document,
                SampleParcel.Message(document).Transfer!,
                carrier,
                Now,
                [.. problems],
                Frame: frame
            )
        );

    SubmissionReply Submit(Submission submission) => Decide(new DocumentArrived(submission)).Reply!;

    /// <summary>The reserve reaches the subscriber; its answer is still on the way.</summary>
    public ReserveAnswered Reserve(ChangeQuota effect)
    {
        for (var between = effect.Replaces + 1; effect.Replaces > 0 && between < effect.Attempt; between++)
            Quota = _ledger.Void(Quota, Name.Reservation(between), Now);
        (Quota, var answer) = _ledger.Reserve(
            Quota,
            Name.Reservation(effect.Attempt),
            effect.Replaces == 0 ? null : Name.Reservation(effect.Replaces),
            effect.AmountFen,
            effect.Year,
            Now
        );
        return new ReserveAnswered(effect.Attempt, answer);
    }

    /// <summary>Does everything in the outbox until it is empty, as the silo would.</summary>
    public void Settle()
    {
        while (State.Outbox.Length > 0)
        {
            foreach (var effect in State.Outbox)
            {
                switch (effect)
                {
                    case ChangeQuota { Step: QuotaStep.Reserve } q:
                        Decide(Reserve(q));
                        break;
                    case ChangeQuota q:
                        var fen = q.AmountFen;
                        if (q.Step == QuotaStep.Post)
                            Quota = _ledger.Post(
                                Quota,
                                Name.Reservation(q.Attempt),
                                q.AmountFen,
                                q.Year,
                                Now
                            );
                        else if (q.Step == QuotaStep.Void)
                            Quota = _ledger.Void(Quota, Name.Reservation(q.Attempt), Now);
                        else if (q.Step == QuotaStep.FlagOver)
                            Quota = _ledger.FlagOver(Quota, q.Year, q.CustomsCode);
                        else
                            (Quota, fen) = _ledger.GiveBack(
                                Quota,
                                Name.Reservation(q.Attempt),
                                q.Id,
                                q.AmountFen
                            );
                        Decide(new QuotaStepDone(q.Id, q.Step, q.Attempt, fen));
                        break;
                    case DispatchDocument d:
                        Left.Add(d);
                        LeftAt.TryAdd(
                            d.Document[d.Document.Schema.Head.Find("guid")!]!,
                            Now.AddMilliseconds(20 * Left.Count)
                        );
                        Decide(new EffectCompleted(new Completion(d.Id, Now, $"M{++_serial}")));
                        break;
                    case ForwardReceipt r:
                        HandedOn.Add(new HandOn(r.Receiver, r.Receipt));
                        Decide(new EffectCompleted(new Completion(r.Id, Now)));
                        break;
                    case AskCustoms q:
                        Asked.Add(q);
                        Decide(new EffectCompleted(new Completion(q.Id, Now)));
                        break;
                    case SeekUnmatched seek:
                        Decide(Look?.Invoke(seek) ?? new Sought(seek.Id, [], []));
                        break;
                    default:
                        Decide(new EffectCompleted(new Completion(effect.Id, Now)));
                        break;
                }
            }
        }
    }

    /// <summary>A receipt of customs for a document of this parcel, a moment later than the one before.</summary>
    public CebDocument Receipt(
        DocumentType type,
        int code,
        string? preNo = null,
        string? invtNo = null,
        DateTimeOffset? at = null,
        string? copNo = null
    )
    {
        Now += TimeSpan.FromSeconds(1);
        var document = State[type]!.Document;
        var receipt = OwnReceipt
            .Make(type, document, code, $"[Code:{code}]", at ?? Now)
            .With(
                CebSchema.Of(type.ReceiptType()).Head.Find("guid")!,
                UuidV5.Of("test", (++_serial).ToString(System.Globalization.CultureInfo.InvariantCulture))
            );
        if (preNo is not null)
            receipt = receipt.With(receipt.Schema.Head.Find("preNo")!, preNo);
        if (invtNo is not null)
            receipt = receipt.With(receipt.Schema.Head.Find("invtNo")!, invtNo);
        if (copNo is not null)
            receipt = receipt.With(receipt.Schema.Head.Find("copNo")!, copNo);
        return receipt;
    }

    public void Answer(
        DocumentType type,
        int code,
        string? preNo = null,
        string? invtNo = null,
        DateTimeOffset? at = null,
        string? copNo = null
    )
    {
        Decide(new ReceiptArrived(new CustomsAnswer(Receipt(type, code, preNo, invtNo, at, copNo), Now)));
        Settle();
    }

    /// <summary>All four documents in, three accepted: the list is on its way.</summary>
    public void Declare()
    {
        foreach (var document in new[] { Sample.Order(), Sample.Payment(), Sample.Waybill(), Sample.List() })
            Submit(document);
        Settle();
        Answer(DocumentType.Order, 2);
        Answer(DocumentType.Payment, 2);
        Answer(DocumentType.Waybill, 2);
    }

    public void Release()
    {
        Declare();
        Answer(DocumentType.DeclarationList, 120, "B20261124000000001", "99992026I000000001");
        Answer(DocumentType.DeclarationList, 800, "B20261124000000001", "99992026I000000001");
    }

    public Standing Standing => _ledger.Of(Quota, 2026);
}
