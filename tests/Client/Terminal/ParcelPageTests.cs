using System.Net;
using Xunit;

namespace ClearanceEngine.Tests.Terminal;

/// <summary>What <c>clearance parcel</c> shows is what the README promises of it, 80 cells wide.</summary>
public sealed class ParcelPageTests
{
    const string Order = "SIM-PAYMENTREFUSED-1210-0000000000017";

    const string Parcel = $$"""
        {
          "ebpCode": "9999900001", "orderNo": "{{Order}}", "state": "reserved", "mode": "1210", "attempt": 2,
          "documents": {
            "order": { "guid": "g", "revision": 1, "sender": "9999900001", "received": "2026-11-20T02:00:00Z", "staged": false, "deleted": false, "sent": "2026-11-20T02:00:01Z", "customsStatus": "120" },
            "payment": { "guid": "g", "revision": 2, "sender": "9999900003", "received": "2026-11-20T02:00:00Z", "staged": false, "deleted": false, "sent": null, "customsStatus": null }
          },
          "missing": ["waybill"],
          "problems": [{ "code": "amount-paid-differs", "document": "payment", "line": null, "field": "amountPaid", "text": "支付金额与订单{{Order}}不符。The payment differs from the order; correct the one that is wrong." }],
          "preNo": "I20260000000000001", "invtNo": null,
          "quota": { "year": 2026, "amountFen": 43000, "stage": "reserved", "givenBackFen": 0, "oneItemCase": false },
          "taxEstimate": { "dutiableFen": 43000, "tariffFen": 0, "consumptionTaxFen": 0, "valueAddedTaxFen": 3913 },
          "receipts": [{ "type": "CEB312Message", "document": "order", "source": "customs", "status": "120", "info": "逻辑校验通过[电商平台代码:9999900001;订单编号:{{Order}}]", "time": "2026-11-20T02:00:02Z", "guid": "g", "applied": true }],
          "taxBills": [{ "taxNo": "T-1", "status": "1", "customsTaxFen": 0, "valueAddedTaxFen": 3913, "consumptionTaxFen": 0, "entDutyNo": null, "time": "2026-11-20T02:00:03Z" }],
          "timeline": [{ "at": "2026-11-20T18:00:00Z", "state": "reserved", "event": "reserved", "text": "额度已预占 430.00 元 quota reserved" }],
          "owes": ["payment/2"],
          "outbox": [{ "id": "payment/2", "document": "payment", "since": "2026-11-20T02:00:00Z", "reason": "to-customs", "text": "支付单待签名并发往海关。The payment is to be signed and sent to customs.", "due": "2026-11-20T02:00:30Z" }],
          "awaited": [{ "id": null, "document": "order", "since": "2026-11-20T02:00:01Z", "reason": "answer-of-customs", "text": "等待海关对订单的回执。The answer of customs to the order is awaited.", "due": "2026-11-20T02:10:01Z" }]
        }
        """;

    const string NotReady = """
        { "status": "Unhealthy", "parts": { "token": { "status": "Unhealthy", "text": "加密机无响应。The token does not answer.", "data": null }, "kafka": { "status": "Healthy", "text": null, "data": null } } }
        """;

    static (HttpStatusCode, string) Answer(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath == "/health/ready"
            ? (HttpStatusCode.ServiceUnavailable, NotReady)
            : (HttpStatusCode.OK, Parcel);

    [Fact]
    public async Task Everything_is_there_in_80_cells_and_every_order_number_whole()
    {
        var (code, output) = await PipedRun.Of(Answer, "parcel", "9999900001", Order);
        Assert.Equal(0, code);
        PipedRun.Fits(output);
        Assert.DoesNotContain(
            "SIM-",
            output.Replace(Order, "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        foreach (
            var shown in (string[])
                [
                    "额度已预占 reserved",
                    "运单 waybill",
                    "amount-paid-differs",
                    "payment/2",
                    "The payment is to be signed",
                    "CEB312",
                    "120 customs",
                    "2026: ¥430.00 reserved",
                    "VAT ¥39.13",
                    "T-1",
                    "I20260000000000001",
                    "quota reserved",
                    $"clearance parcel 9999900001 {Order} --ask",
                ]
        )
            Assert.Contains(shown, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parcel_that_an_operator_closed_says_when_and_why()
    {
        var closed = Parcel.Replace(
            "\"mode\": \"1210\",",
            "\"mode\": \"1210\", \"closedAt\": \"2026-11-20T18:00:00Z\", \"closedReason\": \"企业已另行申报\",",
            StringComparison.Ordinal
        );
        var (code, output) = await PipedRun.Of(
            r =>
                r.RequestUri!.AbsolutePath == "/health/ready"
                    ? (HttpStatusCode.OK, "{}")
                    : (HttpStatusCode.OK, closed),
            "parcel",
            "9999900001",
            Order
        );
        Assert.Equal(0, code);
        PipedRun.Fits(output);
        Assert.Contains(
            "closed by an operator 2026-11-21 02:00:00: 企业已另行申报",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task All_times_are_of_one_clock_and_it_is_named()
    {
        var (_, output) = await PipedRun.Of(Answer, "parcel", "9999900001", Order);
        Assert.Contains("Asia/Shanghai (UTC+8)", output, StringComparison.Ordinal);
        // 18:00Z is the next day in the port.
        Assert.Contains("2026-11-21 02:00:00", output, StringComparison.Ordinal);
        Assert.Contains("2026-11-20 10:00:30", output, StringComparison.Ordinal);
        Assert.DoesNotContain(" 02:10", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_long_names_the_part_that_is_away()
    {
        var (_, output) = await PipedRun.Of(Answer, "parcel", "9999900001", Order);
        Assert.Contains("token Unhealthy", output, StringComparison.Ordinal);
        Assert.Contains("The token does not answer.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("kafka Healthy", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_leaves_lists_out_is_shown_as_far_as_it_tells()
    {
        var (code, output) = await PipedRun.Of(
            """{ "ebpCode": "1", "orderNo": "A", "state": "released" }""",
            "parcel",
            "1",
            "A"
        );
        Assert.Equal(0, code);
        Assert.Contains("放行 released", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_number_that_drives_a_terminal_is_shown_as_text_and_quoted_for_the_shell()
    {
        var hostile = Parcel.Replace(Order, @"X\u001B[2J\u202E\nforged $(reboot)", StringComparison.Ordinal);
        var (code, output) = await PipedRun.Of(
            r =>
                r.RequestUri!.AbsolutePath == "/health/ready"
                    ? (HttpStatusCode.OK, "{}")
                    : (HttpStatusCode.OK, hostile),
            "parcel",
            "9999900001",
            "X"
        );
        Assert.Equal(0, code);
        PipedRun.Fits(output);
        Assert.Contains(@"X\u001B[2J\u202E\nforged", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line =>
            line.StartsWith("forged", StringComparison.Ordinal)
        );
    }
}
