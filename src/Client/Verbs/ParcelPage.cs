using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>A parcel for people: where it stands, what is wrong or missing, what it waits for and why, then all there is of it.</summary>
/// <param name="console">Where to.</param>
/// <param name="words">A command of these words, with the options that were given to this one.</param>
/// <param name="parcel">The parcel; what its engine left out is not shown.</param>
/// <param name="away">Parts of the engine that are not healthy, if the outbox made somebody look.</param>
sealed class ParcelPage(
    IAnsiConsole console,
    CommandWords words,
    ParcelView parcel,
    IReadOnlyList<PartHealth> away
)
{
    const int Indent = 2;

    public void Draw()
    {
        Head();
        Missing();
        Problems();
        Pending("待办箱 outbox", parcel.Outbox);
        Away();
        Pending("等待 waits for", parcel.Awaited);
        Documents();
        Receipts();
        Quota();
        Tax();
        Timeline();
        Next();
    }

    void Head()
    {
        var (words, colour) = parcel.State is { } status
            ? ($"{StateWords.Of(status).Chinese} {WireName.Of(status)}", StateWords.Of(status).Colour)
            : ("非本单参与企业，仅显示自有单证 no party to it; only its own documents are shown", Color.Grey);
        var state = new Text(words, new Style(colour, decoration: Decoration.Bold));
        console.Line($"[bold]{parcel.EbpCode} {parcel.OrderNo}[/]");
        console.Write(new Flow(state, Indent));

        string?[] facts =
        [
            parcel.Mode is { } mode ? $"方式 mode {mode}" : null,
            parcel.Attempt > 0 ? $"第 {parcel.Attempt} 次申报 attempt {parcel.Attempt}" : null,
            parcel.PreNo is { } preNo ? $"预录入编号 preNo {preNo}" : null,
            parcel.InvtNo is { } invtNo ? $"清单编号 invtNo {invtNo}" : null,
        ];
        Print(string.Join(", ", facts.OfType<string>()));
        if (parcel.ClosedAt is { } closed)
            Print(
                $"经办人已关闭 closed by an operator {Words.Time(closed)}: {parcel.ClosedReason}",
                Color.Grey
            );
        Print($"时间均为 all times are {Words.Clock}", Color.Grey);
    }

    void Missing()
    {
        var missing = Some(parcel.Missing);
        if (missing.Length == 0)
            return;
        Section("缺少单证 missing");
        Print(string.Join(", ", missing.Select(Words.Document)), Color.Yellow);
    }

    void Problems()
    {
        var problems = Some(parcel.Problems);
        if (problems.Length == 0)
            return;
        Section("问题 problems");
        foreach (var problem in problems)
        {
            var place = problem.Field is { } field ? $" {field}" : "";
            var line = problem.Line is { } number ? $" 第 {number} 项 line {number}" : "";
            console.Line($"[red]{problem.Code}[/] {Words.Document(problem.Document)}{line}{place}", Indent);
            Print(problem.Text, indent: Indent * 2);
        }
    }

    void Pending(string heading, IReadOnlyList<PendingView>? entries)
    {
        if (entries is not { Count: > 0 })
            return;
        Section(heading);
        foreach (var entry in entries)
        {
            var due = entry.Due is { } at ? $", 下次 next {Words.Time(at)}" : "";
            var name = entry.Id ?? (entry.Document is { } type ? Words.Document(type) : entry.Reason);
            console.Line($"[yellow]{name}[/] 自 since {Words.Time(entry.Since)}{due}", Indent, Indent);
            Print(entry.Text, indent: Indent * 2);
        }
    }

    void Away()
    {
        foreach (var part in away)
        {
            console.Line($"[red]{part.Name}[/] {part.Status}", Indent);
            Print(part.Text ?? "", indent: Indent * 2);
        }
    }

    void Documents()
    {
        var documents = parcel.Documents ?? ImmutableSortedDictionary<DocumentType, DocumentView>.Empty;
        if (documents.Count == 0)
            return;
        Section("单证 documents");
        var list = new Listing(
            "单证 document",
            "版次 rev",
            "报送 sender",
            "收到 received",
            "去向 sent, customs"
        );
        foreach (var (type, document) in documents)
            list.Add(
                Words.Document(type),
                $"{document.Revision}",
                document.Sender,
                Words.Time(document.Received),
                Whereabouts(document)
            );
        console.Write(list);
        OtherDocuments();
    }

    /// <summary>Payments and waybills beside those that count: deleted, or not the ones that order or list name.</summary>
    void OtherDocuments()
    {
        if (parcel.OtherDocuments is not { Count: > 0 } others)
            return;
        Section("其他单证 other documents");
        var list = new Listing(
            "单证 document",
            "编号 number",
            "版次 rev",
            "报送 sender",
            "去向 sent, customs"
        );
        foreach (var other in others)
            list.Add(
                Words.Document(other.Type),
                $"{other.Issuer} {other.Number}",
                $"{other.Document.Revision}",
                other.Document.Sender,
                Whereabouts(other.Document)
            );
        console.Write(list);
    }

    static Cell Whereabouts(DocumentView document)
    {
        if (document.Deleted)
            return Cell.Of("已删除 deleted", Color.Grey);
        if (document.Staged)
            return Cell.Of("暂存 staged", Color.Yellow);
        if (document.Sent is not { } sent)
            return Cell.Of("未发出 not sent", Color.Yellow);
        return document.CustomsStatus is { } status
            ? $"发出 sent {Words.Time(sent)}, 海关 customs {status}"
            : $"发出 sent {Words.Time(sent)}, 海关未答复 no answer yet";
    }

    void Receipts()
    {
        var receipts = Some(parcel.Receipts);
        if (receipts.Length == 0)
            return;
        Section("回执 receipts");
        var list = new Listing("时间 time", "回执 receipt", "单证 document", "结果 status", "说明 info");
        foreach (var receipt in receipts)
            list.Add(
                Words.Time(receipt.Time),
                receipt.Type.Replace("Message", "", StringComparison.Ordinal),
                Words.Document(receipt.Document),
                $"{receipt.Status} {receipt.Source}",
                receipt.Applied || receipt.Source == "engine"
                    ? receipt.Info
                    : $"（未采用 not applied）{receipt.Info}"
            );
        console.Write(list);
    }

    void Quota()
    {
        if (parcel.Quota is not { } quota)
            return;
        Section("额度 quota");
        var back = quota.GivenBackFen > 0 ? $", 已恢复 given back {Words.Yuan(quota.GivenBackFen)}" : "";
        var one = quota.OneItemCase ? ", 单件超限全额征税 one item over the limit, full tax" : "";
        Print($"{quota.Year}: {Words.Yuan(quota.AmountFen)} {quota.Stage}{back}{one}");
    }

    void Tax()
    {
        var bills = Some(parcel.TaxBills);
        if (parcel.TaxEstimate is null && bills.Length == 0)
            return;
        Section("税款 tax");
        if (parcel.TaxEstimate is { } estimate)
            Print(
                $"估算 estimate: 完税价格 dutiable {Words.Yuan(estimate.DutiableFen)}, 关税 tariff {Words.Yuan(estimate.TariffFen)}, 消费税 consumption {Words.Yuan(estimate.ConsumptionTaxFen)}, 增值税 VAT {Words.Yuan(estimate.ValueAddedTaxFen)}"
            );
        foreach (var bill in bills)
            Print(
                $"税单 bill {bill.TaxNo} {BillStatus(bill.Status)} {Words.Time(bill.Time)}: 关税 tariff {Words.Yuan(bill.CustomsTaxFen)}, 消费税 consumption {Words.Yuan(bill.ConsumptionTaxFen)}, 增值税 VAT {Words.Yuan(bill.ValueAddedTaxFen)}"
            );
    }

    static string BillStatus(string status) =>
        status switch
        {
            "1" => "已生成 made",
            "2" => "已汇总 summed up",
            "3" => "已作废 void",
            _ => status,
        };

    void Timeline()
    {
        var timeline = Some(parcel.Timeline);
        if (timeline.Length == 0)
            return;
        Section("经过 timeline");
        var list = new Listing("时间 time", "状态 state", "事件 event");
        foreach (var entry in timeline)
            list.Add(
                Words.Time(entry.At),
                Cell.Of(WireName.Of(entry.State), StateWords.Of(entry.State).Colour),
                entry.Text
            );
        console.Write(list);
    }

    void Next()
    {
        console.WriteLine();
        if (Some(parcel.Missing).Length > 0 || Some(parcel.Problems).Length > 0)
            console.Next("补发或更正单证 send what is missing or mended", words(SubmitVerb.Name, "FILES"));
        if (parcel.Awaited?.Any(p => p.Reason == "answer-of-customs") is true)
            console.Next("立即向海关查询 ask customs now", Parcel("--ask"));
        if (Some(parcel.Problems).FirstOrDefault(p => p.Code == ProblemCode.CustomsUnclear) is { } unclear)
        {
            console.Next(
                "与海关核实后重发 send it again, once cleared with customs",
                Parcel("--resend", WireName.Of(unclear.Document))
            );
            console.Next("或关闭包裹 or close the parcel", Parcel("--close", "REASON"));
        }
        console.Next("供脚本使用 for scripts", Parcel("--json"));
    }

    string Parcel(params string[] options) =>
        words(ParcelVerb.Name, [parcel.EbpCode, parcel.OrderNo, .. options]);

    void Section(string heading)
    {
        console.WriteLine();
        console.Line($"[bold]{heading}[/]");
    }

    void Print(string text, Color? colour = null, int indent = Indent) =>
        console.Write(new Flow(new Text(VisibleText.Of(text), new Style(colour)), indent));

    /// <summary>An engine of another version may leave a list out.</summary>
    static ImmutableArray<T> Some<T>(ImmutableArray<T> list) => list.IsDefault ? [] : list;
}
