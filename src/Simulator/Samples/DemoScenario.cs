using ClearanceEngine.Ceb;

namespace ClearanceEngine.Simulator.Samples;

/// <summary>A parcel of the demo: its messages, and where it must end.</summary>
/// <param name="Name">Folder name.</param>
/// <param name="EbpCode">Platform.</param>
/// <param name="OrderNo">Order number.</param>
/// <param name="State">Expected final state, camelCase.</param>
/// <param name="Reason">Expected problem code, or null.</param>
/// <param name="Note">What it shows, Chinese and English.</param>
/// <param name="Phase">Phases are fed one after the other; within one, documents come in random order.</param>
public sealed record DemoExpectation(
    string Name,
    string EbpCode,
    string OrderNo,
    string State,
    string? Reason,
    string Note,
    int Phase
);

/// <summary>A file of the demo: XML, or the JSON form.</summary>
public sealed record DemoFile(string Scenario, string FileName, byte[] Content, int Phase);

/// <summary>The demo: parcels of both modes with every outcome of the simulator, and what the engine itself refuses or keeps.</summary>
public static class DemoScenarios
{
    static readonly DateTimeOffset At = new(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset);

    /// <summary>All files and expectations, the same every time.</summary>
    public static (IReadOnlyList<DemoFile> Files, IReadOnlyList<DemoExpectation> Expectations) Build()
    {
        var demo = new Parcels();
        demo.AddOutcomes();
        demo.AddSharedMessages();
        demo.AddJson();
        demo.AddIncomplete();
        demo.AddOfManyYuan();
        demo.AddOfOneBuyer();
        demo.AddChanged();
        demo.AddDeleted();
        demo.AddForeignSender();
        return (demo.Files, demo.Expectations);
    }

    static string Name(CebMessage message) => $"{(int)message.Type}";

    static string Folder(SampleParcel parcel) => parcel.OrderNo.ToLowerInvariant();

    /// <summary>The demo in the making: parcels are numbered as they come.</summary>
    sealed class Parcels
    {
        int _number;

        public List<DemoFile> Files { get; } = [];

        public List<DemoExpectation> Expectations { get; } = [];

        /// <summary>Each outcome of the simulator, in both modes.</summary>
        public void AddOutcomes()
        {
            foreach (
                var (outcome, state, reason, note) in new (Outcome, string, string?, string)[]
                {
                    (Outcome.Released, "released", null, "放行 released"),
                    (
                        Outcome.Rejected,
                        "rejected",
                        ProblemCode.CustomsRefused,
                        "海关退单 list refused by customs"
                    ),
                    (Outcome.Inspected, "released", null, "查验后放行 inspected, then released"),
                    (Outcome.Held, "held", null, "扣留 held"),
                    (
                        Outcome.OverLimit,
                        "rejected",
                        ProblemCode.CustomsRefused,
                        "海关答复超年度限额 customs says over the annual limit"
                    ),
                    (Outcome.NoAnswer, "released", null, "无回执，自动查询 no answer until asked"),
                    (Outcome.Duplicates, "released", null, "重复乱序回执 receipts doubled and out of order"),
                    (
                        Outcome.OrderRefused,
                        "rejected",
                        ProblemCode.CustomsRefused,
                        "订单被退 order refused by customs"
                    ),
                    (
                        Outcome.PaymentRefused,
                        "rejected",
                        ProblemCode.CustomsRefused,
                        "支付单被退 payment refused by customs"
                    ),
                }
            )
            {
                foreach (var mode in (string[])["1210", "9610"])
                    Add(Next(mode, n => Outcomes.OrderNo(outcome, $"{mode}-{n:D3}")), state, reason, note);
            }
            Add(
                Next("9610", n => Outcomes.OrderNo(Outcome.ReturnedAbroad, $"9610-{n:D3}")),
                "returnedAbroad",
                null,
                "退运 returned abroad"
            );
        }

        /// <summary>Three parcels whose documents share messages; the inbound note has three waybills.</summary>
        public void AddSharedMessages()
        {
            var shared = Enumerable
                .Range(0, 3)
                .Select(_ => Next("9610", n => $"DEMO-SHARED-{n:D3}"))
                .ToArray();
            Expect(shared[0], "released", null, "一份报文多单 several documents in one message");
            foreach (var other in shared[1..])
                Expect(
                    other,
                    "released",
                    null,
                    "一份报文多单 several documents in one message",
                    Folder(shared[0])
                );
            Put(shared[0], 1, "311", SampleParcel.Message([.. shared.Select(p => p.Order())]));
            Put(shared[0], 1, "411", SampleParcel.Message([.. shared.Select(p => p.Payment())]));
            Put(shared[0], 1, "511", SampleParcel.Message([.. shared.Select(p => p.Waybill())]));
            Put(shared[0], 1, "621", SampleParcel.Message([.. shared.Select(p => p.List())]));
            Put(shared[0], 1, "711", SampleParcel.Message(shared[0].InboundNote(shared[1], shared[2])));
        }

        /// <summary>One in the JSON form.</summary>
        public void AddJson()
        {
            var json = Next("1210", n => $"DEMO-JSON-{n:D3}");
            Expect(json, "released", null, "JSON 报文 documents in the JSON form");
            foreach (var message in json.Messages())
                Files.Add(new DemoFile(Folder(json), $"{(int)message.Type}.json", CebJson.Write(message), 1));
        }

        /// <summary>What the engine keeps: a payment that differs or is missing, documents that are only staged.</summary>
        public void AddIncomplete()
        {
            Add(
                Next("1210", n => $"DEMO-MISMATCH-{n:D3}") with
                {
                    PaidFen = 1,
                },
                "collecting",
                ProblemCode.AmountPaidDiffers,
                "支付金额与订单不符 payment differs from order"
            );

            var unpaid = Next("1210", n => $"DEMO-MISSING-{n:D3}");
            Expect(unpaid, "collecting", null, "缺支付单 payment missing");
            foreach (var message in unpaid.Messages().Where(m => m.Type != CebType.Payment))
                Put(unpaid, 1, Name(message), message);

            Add(
                Next("1210", n => $"DEMO-STAGED-{n:D3}") with
                {
                    AppStatus = "1",
                },
                "staged",
                null,
                "仅暂存 staged only"
            );
        }

        /// <summary>About the limit of one parcel.</summary>
        public void AddOfManyYuan()
        {
            Add(
                Next("9610", n => $"DEMO-ONEITEM-{n:D3}") with
                {
                    Items = [SampleParcel.Watch],
                },
                "released",
                null,
                "单件超五千元，全额征税 one item over ¥5,000, full tax"
            );
            Add(
                Next("1210", n => $"DEMO-SINGLE-{n:D3}") with
                {
                    Items = [SampleParcel.Watch, SampleParcel.Cream],
                },
                "rejected",
                ProblemCode.OverSingleLimit,
                "多件超五千元 two items over ¥5,000"
            );
        }

        /// <summary>One buyer: four watches fit into the year, the fifth does not.</summary>
        public void AddOfOneBuyer()
        {
            for (var i = 0; i < 5; i++)
            {
                var parcel = Next("1210", n => $"DEMO-ANNUAL-{n:D3}") with
                {
                    Items = [SampleParcel.Watch],
                    Person = 900,
                };
                if (i < 4)
                    Add(
                        parcel,
                        "released",
                        null,
                        "同一订购人，年度限额内 same buyer, within the year's limit"
                    );
                else
                    Add(
                        parcel,
                        "rejected",
                        ProblemCode.OverAnnualLimit,
                        "同一订购人，超年度限额 same buyer, over the year's limit",
                        phase: 2
                    );
            }
        }

        /// <summary>The payment comes last, so the order is changed before anything is declared.</summary>
        public void AddChanged()
        {
            var changed = Next("1210", n => $"DEMO-CHANGED-{n:D3}");
            Expect(changed, "released", null, "申报前变更 changed before declaration");
            Put(changed, 1, "311-1", SampleParcel.Message((changed with { FreightFen = 500 }).Order()));
            Put(
                changed,
                1,
                "311-2",
                SampleParcel.Message((changed with { AppType = "2", Revision = 2 }).Order())
            );
            foreach (var message in changed.Messages().Skip(1))
                Put(changed, 2, Name(message), message);
        }

        /// <summary>The same, and the order is deleted.</summary>
        public void AddDeleted()
        {
            var deleted = Next("9610", n => $"DEMO-DELETED-{n:D3}");
            Expect(deleted, "collecting", null, "申报前删除订单 order deleted before declaration");
            Put(deleted, 1, "311-1", SampleParcel.Message(deleted.Order()));
            Put(
                deleted,
                1,
                "311-3",
                SampleParcel.Message((deleted with { AppType = "3", Revision = 2 }).Order())
            );
            foreach (var message in deleted.Messages().Skip(2))
                Put(deleted, 2, Name(message), message);
        }

        /// <summary>A platform sends a payment, which it may not.</summary>
        public void AddForeignSender()
        {
            var foreign = Next("1210", n => $"DEMO-SENDER-{n:D3}");
            Expect(
                foreign,
                "collecting",
                ProblemCode.SenderNotEntitled,
                "平台代发支付单被拒 a platform may not send payments"
            );
            Put(foreign, 1, "311", SampleParcel.Message(foreign.Order()));
            Put(foreign, 1, "411", SampleParcel.MessageFrom(SampleParcel.Platform, foreign.Payment()));
        }

        SampleParcel Next(string mode, Func<int, string> orderNo)
        {
            _number++;
            return new SampleParcel
            {
                OrderNo = orderNo(_number),
                Mode = mode,
                Person = _number,
                Serial = $"2026112000{_number:D5}",
                At = At,
            };
        }

        void Add(SampleParcel parcel, string state, string? reason, string note, int phase = 1)
        {
            Expect(parcel, state, reason, note, phase: phase);
            foreach (var message in parcel.Messages())
                Put(parcel, phase, Name(message), message);
        }

        void Expect(
            SampleParcel parcel,
            string state,
            string? reason,
            string note,
            string? folder = null,
            int phase = 1
        ) =>
            Expectations.Add(
                new DemoExpectation(
                    folder ?? Folder(parcel),
                    SampleParcel.Platform,
                    parcel.OrderNo,
                    state,
                    reason,
                    note,
                    phase
                )
            );

        void Put(SampleParcel parcel, int phase, string name, CebMessage message) =>
            Files.Add(new DemoFile(Folder(parcel), $"{name}.xml", CebWriter.Write(message), phase));
    }
}
