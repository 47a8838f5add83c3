using System.Diagnostics;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Confluent.Kafka;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>
/// The outside observer: reads topics and tables only, and says what of the promises does not hold. An empty list is
/// the verdict that everything does.
/// </summary>
sealed class Checker(Workload workload, Tables tables, Topics topics, SubscriberIdentity identity)
{
    /// <summary>Longer than a receipt may wait to be stored with what comes next, to be handed on and to be committed.</summary>
    static readonly TimeSpan CommitTime = TimeSpan.FromSeconds(20);

    public Workload Workload => workload;

    public SubscriberIdentity Identity => identity;

    readonly List<(SeenRecord Record, CebMessage Message)> _declarations = [];
    readonly List<(SeenRecord Record, CebDocument Receipt)> _receipts = [];
    readonly List<(string Topic, CebDocument Receipt)> _handedOn = [];

    /// <summary>Every document and receipt below a committed offset is in the tables, every receipt with its receiver or on its way: nothing was acknowledged that a crash could lose.</summary>
    public async Task<List<string>> Unstored(string declarationsGroup, string receiptsGroup)
    {
        // Offsets first: what is stored later than that is not their merit.
        var declared = await topics.Committed(declarationsGroup);
        var answered = await topics.Committed(receiptsGroup);
        // Then where things wait, then the parcels that they move on to: what moves meanwhile is seen at least once.
        var waiting = (await tables.Waiting())
            .Values.SelectMany(w => w.Documents)
            .Concat((await tables.Orders()).Values.SelectMany(order => order.Unmatched))
            .Select(d => Guid(d.Submission.Document))
            .ToHashSet(StringComparer.Ordinal);
        CebDocument[] waitingReceipts =
        [
            .. (await tables.WaitingReceipts()).Values.SelectMany(w => w.Answers).Select(a => a.Receipt),
        ];
        var parcels = await tables.Parcels();
        ReadOn();
        var lost = new List<string>();
        foreach (var (record, message) in _declarations)
        {
            if (record.Offset >= declared.GetValueOrDefault(record.Partition))
                continue;
            foreach (var document in message.Documents)
            {
                if (!workload.ByGuid.TryGetValue(Guid(document), out var planned))
                    continue;
                foreach (var part in planned.Parts)
                {
                    if (!waiting.Contains(planned.Guid) && !Has(parcels.GetValueOrDefault(part.Key), planned))
                        lost.Add(
                            $"{record.Partition} offset {record.Offset} is committed, but {planned.Kind} {planned.Guid} of {part.Key} is nowhere"
                        );
                }
            }
        }
        (SeenRecord Record, CebDocument Receipt)[] committed =
        [
            .. _receipts.Where(r =>
                r.Record.Offset < answered.GetValueOrDefault(r.Record.Partition)
                && r.Receipt.Type != CebType.FormatError
            ),
        ];
        lost.AddRange(Unkept(committed, waitingReceipts, parcels.Values));
        lost.AddRange(Undelivered(committed, waitingReceipts, parcels.Values));
        return lost;
    }

    static IEnumerable<string> Unkept(
        IEnumerable<(SeenRecord Record, CebDocument Receipt)> committed,
        CebDocument[] waiting,
        IEnumerable<ParcelState> parcels
    )
    {
        var known = parcels
            .SelectMany(p => p.Receipts.Select(r => Guid(r.Receipt)).Concat(p.TaxBills.Select(b => b.TaxNo)))
            .Concat(waiting.Select(NameOf))
            .ToHashSet(StringComparer.Ordinal);
        return committed
            .Where(r => !known.Contains(NameOf(r.Receipt)))
            .Select(r =>
                $"{r.Record.Partition} offset {r.Record.Offset} is committed, but receipt {Guid(r.Receipt)} is with no parcel"
            );
    }

    /// <summary>Whose record is done is with its receiver, or somebody still has to hand it on (ADR 023).</summary>
    IEnumerable<string> Undelivered(
        IEnumerable<(SeenRecord Record, CebDocument Receipt)> committed,
        CebDocument[] waiting,
        IEnumerable<ParcelState> parcels
    )
    {
        var somewhere = parcels
            .SelectMany(p => p.Outbox.OfType<ForwardReceipt>().Select(r => r.Receipt))
            .Concat(waiting)
            .Concat(_handedOn.Select(h => h.Receipt))
            .Select(Guid)
            .ToHashSet(StringComparer.Ordinal);
        return committed
            .Where(r => !somewhere.Contains(Guid(r.Receipt)))
            .Select(r =>
                $"{r.Record.Partition} offset {r.Record.Offset} is committed, but nobody has got receipt {Guid(r.Receipt)} or has it to hand on"
            );
    }

    /// <summary>Parcels that have not come to their end, by key; families of one buyer count together.</summary>
    public async Task<List<string>> Open()
    {
        var parcels = await tables.Parcels();
        var open = new List<string>();
        foreach (var planned in workload.Parcels)
        {
            var state = parcels.GetValueOrDefault(planned.Key);
            if (state is null || !Ended(planned, state))
                open.Add(
                    $"{planned.Key} ({planned.Fate}) is {state?.Status.ToString() ?? "unknown"}, owes [{string.Join(", ", state?.Outbox.Select(o => o.Id) ?? [])}], has [{string.Join(", ", state?.Documents.Select(kept => $"{kept.Type}:{kept.CustomsCode}") ?? [])}], quota {state?.Quota?.Stage}, bills {state?.TaxBills.Length}"
                );
        }
        foreach (
            var family in workload.Parcels.Where(p => p.Fate == Fate.Annual).GroupBy(p => p.Parcel.Person)
        )
        {
            var released = family.Count(p =>
                parcels.GetValueOrDefault(p.Key)?.Status == ParcelStatus.Released
            );
            if (released != 4)
                open.Add($"buyer {family.Key}: {released} of the six costly parcels are released, not 4");
        }
        return open;
    }

    /// <summary>Everything that was promised, after all has come to rest.</summary>
    public async Task<List<string>> Verdict(string declarationsGroup, string receiptsGroup)
    {
        var wrong = await Open();
        wrong.AddRange(await Unstored(declarationsGroup, receiptsGroup));
        wrong.AddRange(await Behind(declarationsGroup, [.. _declarations.Select(d => d.Record)]));
        wrong.AddRange(await Behind(receiptsGroup, [.. _receipts.Select(r => r.Record)]));
        wrong.AddRange(Outbound((await tables.Parcels()).Values));
        wrong.AddRange(HandedOn());
        wrong.AddRange(await Quotas());
        wrong.AddRange(
            (await tables.Waiting())
                .Where(w => w.Value.Documents.Length > 0)
                .Select(w => $"{w.Key} still waits with {w.Value.Documents.Length} documents")
        );
        wrong.AddRange(
            (await tables.Orders())
                .Where(order => order.Value.Unmatched.Length > 0)
                .Select(order =>
                    $"{order.Key} still has {order.Value.Unmatched.Length} waybills of no parcel"
                )
        );
        wrong.AddRange(
            (await tables.WaitingReceipts())
                .Where(w => w.Value.Answers.Length > 0)
                .Select(w => $"{w.Key} still waits with {w.Value.Answers.Length} receipts")
        );
        if (
            await tables.Count("SELECT count(*) FROM outbound_message WHERE NOT finished") is > 0 and var open
        )
            wrong.Add($"{open} messages are claimed and not finished");
        wrong.AddRange(
            topics
                .Read(TopicNames.DeadLetters)
                .Select(d =>
                    $"dead letter: {System.Text.Encoding.UTF8.GetString(d.Value)[..Math.Min(200, d.Value.Length)]}"
                )
        );
        return wrong;
    }

    void ReadOn()
    {
        foreach (var record in topics.Read("declarations."))
            _declarations.Add((record, CebReader.Read(record.Value)));
        foreach (var record in topics.Read(TopicNames.Receipts))
            _receipts.AddRange(CebReader.Read(record.Value).Documents.Select(d => (record, d)));
        foreach (var record in topics.Read("receipts."))
            _handedOn.AddRange(
                CebReader.Read(record.Value).Documents.Select(d => (record.Partition.Topic, d))
            );
    }

    static bool Has(ParcelState? parcel, PlannedDocument planned) =>
        parcel is not null
        && (
            (
                parcel[planned.Kind] is { } kept
                && (kept.Guid == planned.Guid || kept.Age.CompareTo(planned.Age) > 0)
            ) || parcel.Refusals.Any(r => r.Guid == planned.Guid)
        );

    static bool Ended(PlannedParcel planned, ParcelState state)
    {
        if (state.Outbox.Length > 0)
            return planned.Fate is Fate.Held or Fate.Mismatch or Fate.Unpaid or Fate.WrongCurrency
                && state.Outbox.All(o => o is AskCustoms or ForwardReceipt)
                && Status(planned, state);
        return Status(planned, state);
    }

    static bool Status(PlannedParcel planned, ParcelState state) =>
        planned.Fate switch
        {
            Fate.Released or Fate.Changed => IsReleased(state),
            Fate.Annual => IsReleased(state)
                || (state.Status == ParcelStatus.Rejected && state.Quota?.Stage == QuotaStage.Refused),
            Fate.Rejected => state.Status == ParcelStatus.Rejected && state.Quota?.Stage == QuotaStage.Voided,
            Fate.OrderRefused => state.Status == ParcelStatus.Rejected,
            Fate.Held => state.Status == ParcelStatus.Detained && state.Quota?.Stage == QuotaStage.Reserved,
            _ => state.Status == ParcelStatus.Collecting
                && state.Documents.Length >= (planned.Fate == Fate.Mismatch ? 4 : 3)
                && (planned.Fate != Fate.WrongCurrency || state.Refusals.Length == 1),
        };

    static bool IsReleased(ParcelState state) =>
        state is { Status: ParcelStatus.Released, TaxBills.Length: > 0, Quota.Stage: QuotaStage.Posted };

    /// <summary>
    /// All work is done, so all of it is committed. What customs answers to a question came a moment ago, is stored with what
    /// comes next and committed after that: of each record that was seen it is waited for, and of none that comes meanwhile.
    /// </summary>
    async Task<List<string>> Behind(string group, SeenRecord[] records)
    {
        var ends = records.GroupBy(r => r.Partition).ToDictionary(p => p.Key, p => p.Max(r => r.Offset) + 1);
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(500))
        {
            var committed = await topics.Committed(group);
            var behind = ends.Where(p => committed.GetValueOrDefault(p.Key) < p.Value).ToList();
            if (behind.Count > 0 && watch.Elapsed < CommitTime)
                continue;
            return
            [
                .. behind.Select(p =>
                    $"{group} committed {committed.GetValueOrDefault(p.Key)} of {p.Value} in {p.Key}, and no more in {CommitTime}"
                ),
                .. committed
                    .Where(p => p.Value > topics.End(p.Key))
                    .Select(p => $"{group} committed {p.Value} in {p.Key}, which has fewer records"),
            ];
        }
    }

    /// <summary>
    /// Each document went to customs in one message only (its repeats are the same bytes), and in one more for each time that its
    /// parcel sent it again, since customs had said nothing for long (ADR 020); and only those that may.
    /// </summary>
    List<string> Outbound(IEnumerable<ParcelState> parcels)
    {
        var resends = Resends(parcels);
        var wrong = new List<string>();
        var bodies = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var carriers = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var record in topics.Read(TopicNames.Outbound))
        {
            var message = CebReader.Read(record.Value);
            if (message.Documents.Length > 100)
                wrong.Add($"message {message.Guid} has {message.Documents.Length} documents");
            if (bodies.TryAdd(message.Guid, record.Value))
            {
                foreach (var name in message.Documents.SelectMany(Names))
                    (
                        carriers.TryGetValue(name, out var set)
                            ? set
                            : carriers[name] = new(StringComparer.Ordinal)
                    ).Add(message.Guid);
            }
            else if (!bodies[message.Guid].AsSpan().SequenceEqual(record.Value))
                wrong.Add($"message {message.Guid} was sent twice with different bytes");
        }
        wrong.AddRange(
            carriers
                .Where(c => c.Value.Count > 1 + resends.GetValueOrDefault(c.Key))
                .Select(c =>
                    $"document {c.Key} was declared {c.Value.Count} times and sent again {resends.GetValueOrDefault(c.Key)} times: {string.Join(", ", c.Value)}"
                )
        );
        foreach (var parcel in workload.Parcels)
        {
            foreach (var document in parcel.Documents)
            {
                var left = carriers.ContainsKey(
                    document.Kind == DocumentType.InboundNote
                        ? $"{document.Guid}|{parcel.Parcel.LogisticsNo}"
                        : document.Guid
                );
                var must =
                    parcel.Fate is Fate.Released
                    || (
                        parcel.Fate is Fate.Changed
                        && document.Document.Schema.Head.Find("appType") is { } type
                        && (document.Kind != DocumentType.Order || document.Document[type] == "2")
                    );
                var mustNot =
                    (
                        document.Kind is DocumentType.DeclarationList or DocumentType.InboundNote
                        && parcel.Fate
                            is Fate.OrderRefused
                                or Fate.Mismatch
                                or Fate.Unpaid
                                or Fate.WrongCurrency
                    ) || (document.Kind == DocumentType.Payment && parcel.Fate == Fate.WrongCurrency);
                if (must && !left)
                    wrong.Add($"{document.Kind} of {parcel.Key} never went to customs");
                if (mustNot && left)
                    wrong.Add($"{document.Kind} of {parcel.Key} went to customs, though it may not");
            }
        }
        return wrong;
    }

    /// <summary>The names of a document in a message: each line of an inbound note is a parcel's.</summary>
    static IEnumerable<string> Names(CebDocument d) =>
        d.Type == CebType.InboundNote
            ? Enumerable.Range(0, d.LineCount).Select(i => $"{Guid(d)}|{d[i, DeliveryList.LogisticsNo]}")
            : [Guid(d)];

    /// <summary>How often parcels say that they sent a document again; of a revision that was replaced, how often they may have.</summary>
    static Dictionary<string, int> Resends(IEnumerable<ParcelState> parcels)
    {
        var most = new ParcelOptions().MaxResends;
        var resends = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var kept in parcels.SelectMany(parcel => parcel.Documents))
        {
            foreach (var name in Names(kept.Document))
                resends[name] = kept.Resends;
            foreach (var guid in kept.EarlierGuids)
                resends.TryAdd(guid, most);
        }
        return resends;
    }

    /// <summary>Each sender has each receipt of customs for its documents, and of ours just those that are due.</summary>
    List<string> HandedOn()
    {
        var wrong = new List<string>();
        var due = new HashSet<(string Topic, string Guid)>();
        foreach (var (_, receipt) in _receipts)
        {
            if (receipt.Type == CebType.FormatError)
                wrong.Add($"customs refused the format of a message: {receipt[MessageReturn.ReturnInfo]}");
            else
                due.Add(($"receipts.{Receiver(receipt)}", Guid(receipt)));
        }
        var byList = workload.Parcels.ToDictionary(p => p.Parcel.CopNo, StringComparer.Ordinal);
        var byPayment = workload.Parcels.ToDictionary(p => $"PAY{p.Parcel.Serial}", StringComparer.Ordinal);
        var own = new Dictionary<PlannedParcel, HashSet<string>>();
        var seen = new HashSet<(string Topic, string Guid)>();
        foreach (var (topic, receipt) in _handedOn)
        {
            var name = (topic, Guid(receipt));
            seen.Add(name);
            if (due.Contains(name) || Warns(receipt) || TellsStale(receipt))
                continue;
            var parcel = receipt.Type switch
            {
                CebType.DeclarationListReceipt => byList.GetValueOrDefault(
                    receipt[InventoryReturn.CopNo] ?? ""
                ),
                CebType.PaymentReceipt => byPayment.GetValueOrDefault(
                    receipt[PaymentReturn.PayTransactionId] ?? ""
                ),
                _ => null,
            };
            if (parcel is null)
                wrong.Add(
                    $"{topic} has a {receipt.Schema.Root} {name.Item2} that nobody is due: {receipt[receipt.Schema.Head.Find("returnInfo")!]}"
                );
            else
                (own.TryGetValue(parcel, out var set) ? set : own[parcel] = new(StringComparer.Ordinal)).Add(
                    name.Item2
                );
        }
        wrong.AddRange(due.Except(seen).Select(d => $"{d.Topic} lacks receipt {d.Guid}"));
        foreach (var parcel in workload.Parcels)
        {
            var count = own.GetValueOrDefault(parcel)?.Count ?? 0;
            var (least, most) = parcel.Fate switch
            {
                Fate.Mismatch or Fate.WrongCurrency => (1, 1),
                Fate.Changed or Fate.Annual => (0, 1),
                _ => (0, 0),
            };
            if (count < least || count > most)
                wrong.Add(
                    $"{parcel.Key} ({parcel.Fate}) got {count} receipts of our own, not {least}..{most}"
                );
        }
        return wrong;

        // An order that comes when its buyer is known to be over is let through with a warning; when that is, is a matter of time.
        bool Warns(CebDocument receipt) =>
            receipt.Type == CebType.OrderReceipt
            && receipt[OrderReturn.ReturnStatus] == "2"
            && receipt[OrderReturn.ReturnInfo]?.Contains("over-annual-limit-known", StringComparison.Ordinal)
                == true
            && workload.Parcels.Any(p =>
                p.Fate == Fate.Annual && p.Parcel.OrderNo == receipt[OrderReturn.OrderNo]
            );

        // Two revisions are in records of their own; whether the older arrives last, and is told so, is a matter of time.
        bool TellsStale(CebDocument receipt) =>
            receipt.Type == CebType.OrderReceipt
            && receipt[OrderReturn.ReturnStatus] == "-301014"
            && workload.Parcels.Any(p =>
                p.Fate == Fate.Changed && p.Parcel.OrderNo == receipt[OrderReturn.OrderNo]
            );

        static string Receiver(CebDocument receipt) =>
            receipt.Type switch
            {
                CebType.OrderReceipt => SampleParcel.Platform,
                CebType.PaymentReceipt => SampleParcel.Payer,
                CebType.WaybillReceipt => SampleParcel.Carrier,
                CebType.InboundNoteReceipt => SampleParcel.Site,
                _ => receipt[receipt.Schema.Head.Find("agentCode")!]!,
            };
    }

    /// <summary>What a buyer's quota says is the sum of what was released, and what is held is pending.</summary>
    async Task<List<string>> Quotas()
    {
        var parcels = await tables.Parcels();
        var subscribers = await tables.Subscribers();
        var wrong = new List<string>();
        foreach (
            var buyer in workload.Parcels.GroupBy(p =>
                GrainKey.Subscriber(identity.Hash(p.Documents[0].Document[OrderHead.BuyerIdNumber]!))
            )
        )
        {
            var reservations = subscribers.GetValueOrDefault(buyer.Key)?.Reservations.Values ?? [];
            long Sum(ReservationStage stage) =>
                reservations.Where(r => r.Stage == stage).Sum(r => r.AmountFen - r.GivenBackFen);
            long Of(ParcelStatus status) =>
                buyer.Where(p => parcels.GetValueOrDefault(p.Key)?.Status == status).Sum(p => p.QuotaFen);
            if (Sum(ReservationStage.Posted) != Of(ParcelStatus.Released))
                wrong.Add(
                    $"{buyer.Key} has {Sum(ReservationStage.Posted)} fen posted, its released parcels are {Of(ParcelStatus.Released)}"
                );
            if (Sum(ReservationStage.Pending) != Of(ParcelStatus.Detained))
                wrong.Add(
                    $"{buyer.Key} has {Sum(ReservationStage.Pending)} fen pending, its held parcels are {Of(ParcelStatus.Detained)}"
                );
            if (reservations.Any(r => r.Flagged))
                wrong.Add($"{buyer.Key} has a post without a reservation");
        }
        return wrong;
    }

    static string NameOf(CebDocument receipt) =>
        receipt.Type == CebType.TaxBill ? receipt[TaxHeadRd.TaxNo]! : Guid(receipt);

    static string Guid(CebDocument document) => document[document.Schema.Head.Find("guid")!] ?? "";
}
