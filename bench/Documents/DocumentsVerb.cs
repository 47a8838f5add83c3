using System.CommandLine;
using System.Diagnostics;
using ClearanceEngine.Ceb;
using ClearanceEngine.Ceb.Customs;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using Spectre.Console;

namespace ClearanceEngine.Bench.Documents;

/// <param name="Micros">Of processor time a document, in the quickest of all turns.</param>
/// <param name="Bytes">Allocated a document.</param>
sealed record DocumentCost(double Micros, long Bytes);

/// <param name="MessageBytes">Of a document in its message.</param>
/// <param name="AnyForm">Read node by node.</param>
/// <param name="Canonical">Read by its bytes.</param>
/// <param name="Admitted">Read by its bytes, and all checks of admission; null for a receipt, as what follows.</param>
/// <param name="OwnChecks">Checks of the document by itself, in its parcel.</param>
/// <param name="Written">Written into a message.</param>
sealed record DocumentFigures(
    string Message,
    int Documents,
    int MessageBytes,
    DocumentCost AnyForm,
    DocumentCost Canonical,
    DocumentCost? Admitted,
    DocumentCost? OwnChecks,
    DocumentCost? Written
);

/// <summary>What a document costs on its way through the engine's process, without anything that it waits for.</summary>
static class DocumentsVerb
{
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);

    static readonly DateTimeOffset At = new(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset);

    public static Command Command(IAnsiConsole console)
    {
        var rounds = new Option<int>("--rounds")
        {
            Description = "turns that all take; the quickest counts, since other work only adds",
            DefaultValueFactory = _ => 10,
        };
        var json = new Option<FileInfo?>("--json") { Description = "file for the figures" };
        var command = new Command("documents", "reading, checking and writing of documents, in one process")
        {
            rounds,
            json,
        };
        command.SetAction(parsed =>
            Output.Give(console, parsed.GetValue(json), Measure(parsed.GetValue(rounds)))
        );
        return command;
    }

    static DocumentFigures[] Measure(int rounds)
    {
        All(rounds: 1); // for the compiler
        return All(rounds);
    }

    static DocumentFigures[] All(int rounds) =>
        [
            .. ((int[])[1, 10, 100]).Select(receipts => MeasureReceipts(receipts, rounds)),
            .. from documents in (int[])[1, 10, 100]
            from message in (Func<SampleParcel, CebDocument>[])
                [p => p.Order(), p => p.Payment(), p => p.Waybill(), p => p.List()]
            select Measure(SampleParcel.Message([.. Parcels(documents).Select(message)]), rounds),
        ];

    static IEnumerable<SampleParcel> Parcels(int count) =>
        Enumerable
            .Range(1, count)
            .Select(serial => new SampleParcel
            {
                OrderNo = $"BENCH{serial:D9}",
                Mode = "1210",
                Person = serial,
                Serial = $"{serial:D9}",
                At = At,
            });

    static DocumentFigures Measure(CebMessage message, int rounds)
    {
        var (body, limits, port) = (CebWriter.Write(message), new CebLimits(), new CustomsPortOptions());
        // Nothing is signed, so that nobody asks whose certificate it is.
        var admission = new Admission(ParticipantRegistry.Development, null!, port);
        var type = DocumentTypes.OfMessage(message.Type)!.Value;
        var origin = new RecordOrigin(DeclarationTopic.SharedBy(type), false);
        Action[] members =
        [
            () => CebReader.ReadAnyForm(body, limits),
            () => CebReader.Read(body, limits),
            () => Admit(admission, body, origin, limits),
            () => CheckOwn(message, type, port),
            () => CebWriter.Write(message),
        ];
        var costs = Costs(members, rounds, message.Documents.Length);
        return new(
            message.Schema.Root,
            message.Documents.Length,
            body.Length / message.Documents.Length,
            costs[0],
            costs[1],
            costs[2],
            costs[3],
            costs[4]
        );
    }

    static DocumentFigures MeasureReceipts(int count, int rounds)
    {
        var receipts = Parcels(count).Select(p => Release(p.List()));
        var message = new CebMessage(
            CebType.DeclarationListReceipt,
            new string('0', 36),
            "1.0",
            [.. receipts]
        );
        var (body, limits) = (CebWriter.Write(message), new CebLimits());
        Action[] members =
        [
            () => CustomsReader.OfAnyXml(body, At, limits),
            () => CustomsReader.Read(body, At, limits),
        ];
        var costs = Costs(members, rounds, count);
        return new(message.Schema.Root, count, body.Length / count, costs[0], costs[1], null, null, null);
    }

    static CebDocument Release(CebDocument list) =>
        CebDocument.Create(
            CebType.DeclarationListReceipt,
            (InventoryReturn.Guid, list[InventoryHead.Guid]),
            (InventoryReturn.CustomsCode, list[InventoryHead.CustomsCode]),
            (InventoryReturn.EbpCode, list[InventoryHead.EbpCode]),
            (InventoryReturn.EbcCode, list[InventoryHead.EbcCode]),
            (InventoryReturn.AgentCode, list[InventoryHead.AgentCode]),
            (InventoryReturn.CopNo, list[InventoryHead.CopNo]),
            (InventoryReturn.ReturnStatus, "800"),
            (InventoryReturn.ReturnTime, CebTime.FormatMillis(At)),
            (InventoryReturn.ReturnInfo, "[Code:1800;Desc:放行]")
        );

    static void Admit(Admission admission, byte[] body, RecordOrigin origin, CebLimits limits)
    {
        // Completes at once: nothing is signed.
        var (admitted, refused) = admission.Check(body, origin, At, limits).AsTask().Result;
        if (admitted is null || admitted.Problems.Any(p => !p.IsEmpty))
            throw new InvalidOperationException(refused?.Text ?? "A document of the bench is wrong.");
    }

    static void CheckOwn(CebMessage message, DocumentType type, CustomsPortOptions port)
    {
        foreach (var document in message.Documents)
        {
            foreach (var problem in OwnChecks.Check(type, document, port, At))
                throw new InvalidOperationException(problem.Text);
        }
    }

    static DocumentCost[] Costs(Action[] members, int rounds, int documents)
    {
        var costs = new DocumentCost[members.Length];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < members.Length; i++)
            {
                var cost = Cost(members[i], documents);
                if (round == 0 || cost.Micros < costs[i].Micros)
                    costs[i] = cost;
            }
        }
        return costs;
    }

    static DocumentCost Cost(Action member, int documents)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var used = Environment.CpuUsage.TotalTime;
        var since = Stopwatch.GetTimestamp();
        var done = 0;
        while (Stopwatch.GetElapsedTime(since) < Turn)
        {
            member();
            done += documents;
        }
        var micros = (Environment.CpuUsage.TotalTime - used).TotalMicroseconds;
        return new(micros / done, (GC.GetAllocatedBytesForCurrentThread() - before) / done);
    }
}
