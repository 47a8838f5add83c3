using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Signing;

namespace ClearanceEngine.Simulator;

/// <summary>A receipt message and when it is sent.</summary>
public readonly record struct ScheduledReceipt(DateTimeOffset Due, CebMessage Message);

/// <summary>A question on <c>customs.queries</c>.</summary>
public sealed record CustomsQuery(string Type, string Key, int Attempt)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <exception cref="JsonException">It is no question.</exception>
    public static CustomsQuery Read(ReadOnlySpan<byte> text) =>
        JsonSerializer.Deserialize<CustomsQuery>(text, Json)
        ?? throw new JsonException("customs.queries takes JSON {type, key, attempt}.");
}

/// <summary>
/// Customs as far as the engine can see it: checks format, fields and signature, then answers as customs would, by the
/// outcome that the order number asks for. No clock and no I/O; chance comes from the seed.
/// </summary>
public sealed class CustomsOffice
{
    readonly CustomsSimulatorOptions _options;
    readonly Func<string, SigningCertificate, bool> _speaks;
    Random _random = new();
    readonly Dictionary<string, ListRecord> _lists = new(StringComparer.Ordinal);
    readonly Queue<string> _order = new();
    readonly Dictionary<string, ListRecord> _byWaybill = new(StringComparer.Ordinal);
    readonly HashSet<string> _entered = new(StringComparer.Ordinal);
    readonly Dictionary<string, CebDocument> _latest = new(StringComparer.Ordinal);
    static readonly CebLimits AnySize = new() { MessageBytes = int.MaxValue };

    int _serial;
    readonly ListNumbers _numbers = new();

    /// <param name="options">Habits.</param>
    /// <param name="speaks">Whether a certificate speaks for a company; null takes any certificate.</param>
    public CustomsOffice(
        CustomsSimulatorOptions options,
        Func<string, SigningCertificate, bool>? speaks = null
    )
    {
        _options = options;
        _speaks = speaks ?? ((_, _) => true);
    }

    /// <summary>A list as customs keeps it.</summary>
    sealed class ListRecord
    {
        public required CebDocument List { get; init; }

        public required Outcome Outcome { get; init; }

        public required string PreNo { get; init; }

        public required string InvtNo { get; init; }

        public string Waybill => $"{List[InventoryHead.LogisticsCode]}|{List[InventoryHead.LogisticsNo]}";

        /// <summary>Release waits for the inbound note.</summary>
        public bool AwaitsInboundNote { get; set; }

        public DateTimeOffset StoredAt { get; set; }

        /// <summary>What was decided but kept back until somebody asks.</summary>
        public bool Silent { get; set; }

        public bool IsFinal { get; set; }
    }

    /// <summary>Grows with each thing said. All chance and all names of an answer follow from it.</summary>
    public int Serial => _serial;

    /// <summary>Takes again what was taken before, and answers the same.</summary>
    /// <param name="input">Message or question; that it was accepted is not checked again.</param>
    public IReadOnlyList<ScheduledReceipt> Recall(TakenInput input)
    {
        _serial = input.Serial;
        return input.IsQuestion
            ? Answer(CustomsQuery.Read(input.Body.Span), input.At)
            : Take(CebReader.Read(input.Body, AnySize), input.At);
    }

    /// <summary>Takes a message from the engine; returns what will be answered, and when.</summary>
    public IReadOnlyList<ScheduledReceipt> Receive(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        CebMessage message;
        try
        {
            message = CebReader.Read(body, AnySize);
        }
        catch (CebFormatException e)
        {
            return [FormatError("", e.MessageType ?? "Unknown", e.Message, now)];
        }

        if (message.Transfer is not { } transfer)
            return [FormatError(message.Guid, message.Schema.Root, "not a declaration", now)];
        if (message.Documents.SelectMany(d => CebValidator.Check(d)).FirstOrDefault() is { } wrong)
            return [FormatError(message.Guid, message.Schema.Root, wrong.Text, now)];
        if (_options.VerifySignatures && (message.IsSigned || message.Schema.MustBeSigned))
        {
            var check = EnvelopedSignature.Verify(body);
            if (check.Result != SignatureResult.Valid)
                return
                [
                    FormatError(message.Guid, message.Schema.Root, check.Reason ?? "signature missing", now),
                ];
            if (!_speaks(transfer.CopCode, check.Certificate!))
                return
                [
                    FormatError(
                        message.Guid,
                        message.Schema.Root,
                        $"the certificate is not that of {transfer.CopCode}",
                        now
                    ),
                ];
        }
        return Take(message, now);
    }

    /// <summary>Answers a question with the latest receipt; what was kept back is told now.</summary>
    public IReadOnlyList<ScheduledReceipt> Answer(CustomsQuery query, DateTimeOffset now)
    {
        Draw();
        var plan = new Plan(this, now) { IsAnswer = true };
        if (query.Type == "CEB621Message" && _lists.TryGetValue(query.Key, out var record) && record.Silent)
        {
            record.Silent = false;
            plan.Wait();
            Stored(plan, record);
            Decide(plan, record);
        }
        else if (_latest.TryGetValue($"{query.Type}|{query.Key}", out var receipt))
        {
            plan.Wait();
            plan.Again(receipt);
        }
        return plan.Receipts;
    }

    IReadOnlyList<ScheduledReceipt> Take(CebMessage message, DateTimeOffset now)
    {
        Draw();
        var plan = new Plan(this, now);
        foreach (var document in message.Documents)
            Take(plan, document);
        return plan.Receipts;
    }

    /// <summary>Chance of its own for each input, by the serial: whoever recalls the input recalls the chance. Spread, since near seeds begin alike.</summary>
    void Draw()
    {
#pragma warning disable CA5394 // A simulation wants chance that can be repeated.
        _random = new Random(Spread(_serial) ^ _options.Seed);
#pragma warning restore CA5394
    }

    /// <summary>Knuth's multiplicative hash.</summary>
    static int Spread(int number) => unchecked((int)((uint)number * 2_654_435_761));

    void Take(Plan plan, CebDocument d)
    {
        string? Head(string name) => d.Schema.Head.Find(name) is { } f ? d[f] : null;
        var outcome = Outcomes.Of(Head("orderNo"));
        switch (d.Type)
        {
            case CebType.Order:
                Simple(
                    plan,
                    DocumentType.Order,
                    d,
                    outcome == Outcome.OrderRefused && Head("appType") != "3"
                        ? "[Code:1301;Desc:订单信息与备案不符]"
                        : null
                );
                break;
            case CebType.Payment:
                Simple(
                    plan,
                    DocumentType.Payment,
                    d,
                    outcome == Outcome.PaymentRefused && Head("appType") != "3"
                        ? "[Code:1401;Desc:支付信息不存在]"
                        : null
                );
                break;
            case CebType.Waybill:
                Simple(plan, DocumentType.Waybill, d, null);
                break;
            case CebType.WaybillStatus:
                Simple(plan, DocumentType.WaybillStatus, d, null);
                break;
            case CebType.DeclarationList:
                TakeList(plan, d, outcome);
                break;
            case CebType.InboundNote:
                TakeInboundNote(plan, d);
                break;
            case CebType.Cancellation or CebType.Return:
                var kind = d.Type == CebType.Cancellation ? DocumentType.Cancellation : DocumentType.Return;
                plan.Wait();
                plan.Say(kind, d, 2, "申报成功");
                plan.Wait();
                plan.Say(kind, d, 399, "[Code:1399;Desc:海关审结]");
                break;
        }
    }

    static void Simple(Plan plan, DocumentType kind, CebDocument document, string? refusal)
    {
        plan.Wait();
        if (refusal is not null)
        {
            plan.Say(kind, document, 100, refusal);
            return;
        }
        plan.Say(kind, document, 2, "新增申报成功");
        plan.Wait();
        plan.Say(kind, document, 120, "[Code:1800;Desc:逻辑校验通过]");
    }

    void TakeList(Plan plan, CebDocument list, Outcome outcome)
    {
        var key = $"{list[InventoryHead.AgentCode]}|{list[InventoryHead.CopNo]}";
        if (_lists.TryGetValue(key, out var known) && !MayComeAgain(known))
        {
            plan.Wait();
            plan.Say(
                DocumentType.DeclarationList,
                list,
                -621004,
                "清单已申报，不允许重复申报",
                known.PreNo,
                known.InvtNo
            );
            return;
        }

        var record = Enter(key, list, outcome, plan.Now);
        if (outcome == Outcome.NoAnswer)
        {
            record.Silent = true;
            return;
        }

        plan.Twice = outcome == Outcome.Duplicates;
        plan.Wait();
        plan.Say(
            DocumentType.DeclarationList,
            list,
            2,
            $"清单新增申报成功[电商企业编码：{list[InventoryHead.EbcCode]}订单编号：{list[InventoryHead.OrderNo]}]",
            record.PreNo
        );
        plan.Wait();
        if (Refusal(outcome) is var (code, info))
        {
            record.IsFinal = true;
            plan.Say(DocumentType.DeclarationList, list, code, info, record.PreNo);
            return;
        }

        Stored(plan, record);
        Decide(plan, record);
        if (plan.Twice)
            plan.Shuffle();
    }

    static bool MayComeAgain(ListRecord known) => known.IsFinal && Refusal(known.Outcome) is not null;

    /// <summary>How a list is refused; null for an outcome of one that is stored.</summary>
    static (int Code, string Info)? Refusal(Outcome outcome) =>
        outcome switch
        {
            Outcome.Rejected => (100, "[Code:2100;Desc:商品归类有误，请修改后重新申报]"),
            // Whoever declares the list all the same has no document for it to be compared with.
            Outcome.OrderRefused or Outcome.PaymentRefused => (100, "[Code:2102;Desc:三单比对不符]"),
            Outcome.OverLimit => (-621018, "超过个人年度交易限值，已用额度25800.00元，限值26000.00元"),
            _ => null,
        };

    string NextNumber(DateTimeOffset now)
    {
        _serial++;
        return _numbers.Next(now);
    }

    ListRecord Enter(string key, CebDocument list, Outcome outcome, DateTimeOffset now)
    {
        var number = NextNumber(now);
        var record = new ListRecord
        {
            List = list,
            Outcome = outcome,
            PreNo = $"B{CebTime.FormatDate(now)}{number}",
            InvtNo = $"{list[InventoryHead.CustomsCode]}{CebTime.BeijingYear(now)}I{number}",
            StoredAt = now,
        };
        _lists[key] = record;
        _byWaybill[record.Waybill] = record;

        _order.Enqueue(key);
        if (_order.Count > _options.MaxLists && _lists.Remove(_order.Dequeue(), out var oldest))
            _byWaybill.Remove(oldest.Waybill);
        return record;
    }

    static void Stored(Plan plan, ListRecord record)
    {
        plan.Say(
            DocumentType.DeclarationList,
            record.List,
            120,
            "[Code:1800;Desc:逻辑校验通过]",
            record.PreNo,
            record.InvtNo
        );
        record.StoredAt = plan.Now;
    }

    void Decide(Plan plan, ListRecord record)
    {
        plan.Wait();
        switch (record.Outcome)
        {
            case Outcome.Held:
                plan.Say(
                    DocumentType.DeclarationList,
                    record.List,
                    501,
                    "[Code:2501;Desc:扣留移送通关]",
                    record.PreNo,
                    record.InvtNo
                );
                return;
            case Outcome.ReturnedAbroad:
                record.IsFinal = true;
                plan.Say(
                    DocumentType.DeclarationList,
                    record.List,
                    700,
                    "[Code:2700;Desc:退运]",
                    record.PreNo,
                    record.InvtNo
                );
                return;
            case Outcome.Inspected:
                plan.Say(
                    DocumentType.DeclarationList,
                    record.List,
                    500,
                    "[Code:2500;Desc:查验]",
                    record.PreNo,
                    record.InvtNo
                );
                plan.Wait();
                break;
        }
        if (record.List[InventoryHead.TradeMode] == "9610" && !_entered.Contains(record.Waybill))
        {
            record.AwaitsInboundNote = true;
            return;
        }
        Release(plan, record);
    }

    static void Release(Plan plan, ListRecord record)
    {
        record.AwaitsInboundNote = false;
        record.IsFinal = true;
        plan.Say(
            DocumentType.DeclarationList,
            record.List,
            800,
            "[Code:2600;Desc:放行]",
            record.PreNo,
            record.InvtNo
        );
        plan.Wait();
        plan.Bill(record.List, record.InvtNo);
    }

    void TakeInboundNote(Plan plan, CebDocument note)
    {
        plan.Wait();
        plan.Say(DocumentType.InboundNote, note, 2, "入库明细单申报成功");
        plan.Wait();
        plan.Say(
            DocumentType.InboundNote,
            note,
            120,
            "[Code:1800;Desc:逻辑校验通过]",
            rkdNo: $"{note[DeliveryHead.CustomsCode]}{CebTime.BeijingYear(plan.Now)}R{NextNumber(plan.Now)}"
        );
        for (var i = 0; i < note.LineCount; i++)
        {
            var waybill = $"{note[DeliveryHead.LogisticsCode]}|{note[i, DeliveryList.LogisticsNo]}";
            _entered.Add(waybill);
            if (
                !_byWaybill.TryGetValue(waybill, out var record)
                || !record.AwaitsInboundNote
                || record.Silent
            )
                continue;
            plan.Wait();
            Release(plan, record);
        }
    }

    ScheduledReceipt FormatError(string guid, string type, string text, DateTimeOffset now)
    {
        var due = now + _options.Step;
        var id = UuidV5.Of("simulator", "900", guid, (++_serial).ToString(CultureInfo.InvariantCulture));
        return new ScheduledReceipt(
            due,
            new CebMessage(
                CebType.FormatError,
                id,
                "1.0",
                [
                    CebDocument.Create(
                        CebType.FormatError,
                        (MessageReturn.Guid, id),
                        (MessageReturn.ReturnStatus, "-10"),
                        (MessageReturn.ReturnInfo, text),
                        (MessageReturn.ReturnTime, CebTime.FormatMillis(due)),
                        (MessageReturn.OriCopMsgId, guid),
                        (MessageReturn.OriMessageType, type.Length <= 15 ? type : type[..15]),
                        (MessageReturn.OriBizMessage, "")
                    ),
                ]
            )
        );
    }

    /// <summary>The answers to one message in the making; time goes on from step to step.</summary>
    sealed class Plan(CustomsOffice office, DateTimeOffset now)
    {
        /// <summary>Fields of a receipt that repeat those of its document, where both have them.</summary>
        static readonly string[] Echoed =
        [
            "customsCode",
            "ebpCode",
            "ebcCode",
            "orderNo",
            "agentCode",
            "copNo",
            "payCode",
            "payTransactionId",
            "logisticsCode",
            "logisticsNo",
            "logisticsStatus",
            "operatorCode",
            "preNo",
            "invtNo",
        ];

        readonly List<ScheduledReceipt> _receipts = [];

        public DateTimeOffset Now { get; private set; } = now;

        public bool Twice { get; set; }

        /// <summary>Answers to questions are prompt and neither doubled nor late.</summary>
        public bool IsAnswer { get; init; }

        public IReadOnlyList<ScheduledReceipt> Receipts => _receipts;

#pragma warning disable CA5394 // see above
        public void Wait() =>
            Now += office._options.Step + (office._options.Spread * office._random.NextDouble());

        public void Say(
            DocumentType kind,
            CebDocument document,
            int code,
            string info,
            string? preNo = null,
            string? invtNo = null,
            string? rkdNo = null
        )
        {
            var schema = CebSchema.Of(kind.ReceiptType());
            var guid = UuidV5.Of(
                "simulator",
                schema.Root,
                (++office._serial).ToString(CultureInfo.InvariantCulture),
                CebTime.FormatMillis(Now)
            );
            var fields = new List<(CebField, string?)>
            {
                (schema.Head.Find("guid")!, guid),
                (schema.Head.Find("returnStatus")!, code.ToString(CultureInfo.InvariantCulture)),
                (schema.Head.Find("returnTime")!, CebTime.FormatMillis(Now)),
                (schema.Head.Find("returnInfo")!, info),
            };

            foreach (var name in Echoed)
            {
                var value = name switch
                {
                    "preNo" when preNo is not null => preNo,
                    "invtNo" when invtNo is not null => invtNo,
                    _ => document.Schema.Head.Find(name) is { } source ? document[source] : null,
                };
                if (schema.Head.Find(name) is { } field && value is { Length: > 0 })
                    fields.Add((field, value));
            }
            if (rkdNo is not null)
                fields.Add((schema.Head.Find("rkdNo")!, rkdNo));

            var receipt = CebDocument.Create(kind.ReceiptType(), [.. fields]);
            office._latest[$"{document.Schema.Root}|{QueryKey(kind, document)}"] = receipt;
            Again(receipt);
        }

        public void Again(CebDocument receipt)
        {
            var message = new CebMessage(
                receipt.Type,
                receipt[receipt.Schema.Head.Find("guid")!]!,
                "1.0",
                [receipt]
            );
            var late =
                !IsAnswer && office._random.NextDouble() < office._options.ReorderRate
                    ? office._options.Step * 4
                    : TimeSpan.Zero;
            _receipts.Add(new ScheduledReceipt(Now + late, message));
            if (!IsAnswer && (Twice || office._random.NextDouble() < office._options.DuplicateRate))
                _receipts.Add(new ScheduledReceipt(Now + (office._options.Step * 2), message));
        }

        /// <summary>The same receipts at exchanged times: what was said first may come last.</summary>
        public void Shuffle()
        {
            var times = _receipts.Select(r => r.Due).ToArray();
            office._random.Shuffle(times);
            for (var i = 0; i < _receipts.Count; i++)
                _receipts[i] = _receipts[i] with { Due = times[i] };
        }
#pragma warning restore CA5394

        /// <summary>CEB816: 13 % VAT at 70 % on each line with its share of freight and insurance.</summary>
        public void Bill(CebDocument list, string invtNo)
        {
            var values = Enumerable
                .Range(0, list.LineCount)
                .Select(i => CebAmount.Of(list[i, InventoryList.TotalPrice]))
                .ToArray();
            var extra =
                CebAmount.Of(list[InventoryHead.Freight]) + CebAmount.Of(list[InventoryHead.InsuredFee]);
            var sum = values.Sum();

            var id = UuidV5.Of("simulator", "816", invtNo);
            var lines = new List<string?[]>();
            var total = 0m;
            for (var i = 0; i < values.Length; i++)
            {
                var price = Math.Round(
                    values[i] + (sum > 0 ? extra * values[i] / sum : 0),
                    2,
                    MidpointRounding.AwayFromZero
                );
                var vat = Math.Round(price * 0.091m, 2, MidpointRounding.AwayFromZero);
                total += vat;
                lines.Add([
                    (i + 1).ToString(CultureInfo.InvariantCulture),
                    list[i, InventoryList.Gcode],
                    Text(price),
                    "0",
                    Text(vat),
                    "0",
                ]);
            }

            var bill = lines.Aggregate(TaxHead(list, id, invtNo, total), (d, l) =>
                d.AddLine(
                    (TaxListRd.Gnum, l[0]),
                    (TaxListRd.Gcode, l[1]),
                    (TaxListRd.TaxPrice, l[2]),
                    (TaxListRd.CustomsTax, l[3]),
                    (TaxListRd.ValueAddedTax, l[4]),
                    (TaxListRd.ConsumptionTax, l[5])
                )
            );
            _receipts.Add(new ScheduledReceipt(Now, new CebMessage(CebType.TaxBill, id, "1.0", [bill])));
        }

        CebDocument TaxHead(CebDocument list, string id, string invtNo, decimal total) =>
            CebDocument.Create(
                CebType.TaxBill,
                (TaxHeadRd.Guid, id),
                (TaxHeadRd.ReturnTime, CebTime.FormatMillis(Now)),
                (TaxHeadRd.InvtNo, invtNo),
                (TaxHeadRd.TaxNo, $"T{invtNo}"),
                (TaxHeadRd.CustomsTax, "0"),
                (TaxHeadRd.ValueAddedTax, Text(total)),
                (TaxHeadRd.ConsumptionTax, "0"),
                (TaxHeadRd.Status, "1"),
                (TaxHeadRd.AssureCode, list[InventoryHead.AssureCode]),
                (TaxHeadRd.EbcCode, list[InventoryHead.EbcCode]),
                (TaxHeadRd.LogisticsCode, list[InventoryHead.LogisticsCode]),
                (TaxHeadRd.AgentCode, list[InventoryHead.AgentCode]),
                (TaxHeadRd.CustomsCode, list[InventoryHead.CustomsCode])
            );

        static string Text(decimal value) => value.ToString("0.00", CultureInfo.InvariantCulture);

        static string QueryKey(DocumentType kind, CebDocument document) =>
            kind.Descriptor().QueryKeyOf(document);
    }
}
