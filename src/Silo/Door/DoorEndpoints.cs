using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>The HTTP door. Documents go the same way as any other, over Kafka; the door only waits for the decision.</summary>
static class DoorEndpoints
{
    /// <summary>Body of <c>POST /quota</c>; an id number never stands in an address.</summary>
    public sealed record QuotaRequest(string? IdNumber, int? Year);

    /// <summary>Answer of <c>POST /quota</c>, in fen.</summary>
    public sealed record QuotaResponse(
        int Year,
        long LimitFen,
        long PostedFen,
        long PendingFen,
        long RemainingFen
    );

    public static void MapDoor(this WebApplication app)
    {
        app.MapPost("/ceb", Submit);
        app.MapGet("/parcels/{ebpCode}/{orderNo}", (string ebpCode, string orderNo, IGrainFactory grains) =>
            Show(GrainKey.Parcel(ebpCode, orderNo), grains)
        );
        app.MapGet("/parcels", FindParcel);
        app.MapPost(
            "/parcels/{ebpCode}/{orderNo}/ask",
            async (string ebpCode, string orderNo, IGrainFactory grains) =>
                Results.Json(
                    new { asked = await grains.Grain<IParcelGrain>(GrainKey.Parcel(ebpCode, orderNo)).Ask() }
                )
        );
        app.MapPost(
            "/parcels/{ebpCode}/{orderNo}/left",
            async (string ebpCode, string orderNo, IGrainFactory grains, TimeProvider time) =>
            {
                var key = GrainKey.Parcel(ebpCode, orderNo);
                if (await grains.Grain<IParcelGrain>(key).Show() is null)
                    return NotFound(key);
                return await grains.Grain<IParcelGrain>(key).Leave(time.GetUtcNow()) is { } refusal
                    ? Results.Problem(
                        refusal.Text,
                        statusCode: StatusCodes.Status409Conflict,
                        title: refusal.Code
                    )
                    : await Show(key, grains);
            }
        );
        app.MapPost("/quota", Quota);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains("ready"),
                ResponseWriter = (context, report) =>
                    context.Response.WriteAsJsonAsync(
                        new
                        {
                            status = report.Status.ToString(),
                            parts = report.Entries.ToDictionary(
                                e => e.Key,
                                e => new
                                {
                                    status = e.Value.Status.ToString(),
                                    text = e.Value.Description,
                                    data = e.Value.Data.Count > 0 ? e.Value.Data : null,
                                }
                            ),
                        }
                    ),
            }
        );
    }

    static async Task<IResult> Submit(
        HttpRequest request,
        DoorBell bell,
        DoorOptions door,
        IntakeOptions intake,
        IKafkaProducer producer,
        ClusterMac macs,
        TimeProvider time,
        CancellationToken aborted
    )
    {
        if (await Body(request, intake.Limits.MessageBytes, aborted) is not { } body)
            return Results.Problem(
                $"报文超过 {intake.Limits.MessageBytes} 字节,请拆分。The message is larger than {intake.Limits.MessageBytes} bytes; split it.",
                statusCode: StatusCodes.Status413PayloadTooLarge,
                title: "too-large"
            );
        CebMessage message;
        try
        {
            message = CebParser.Read(body, intake.Limits);
        }
        catch (CebFormatException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest, title: e.Code);
        }
        if (TopicNames.Of(message.Type) is not { } topic)
            return Results.Problem(
                $"{message.Schema.Root} 不是申报报文,请勿发送。{message.Schema.Root} is no declaration; send 311, 411, 511, 513, 621, 623, 625 or 711.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "not-a-declaration"
            );
        if (bell.Enter() is not var (correlation, answer))
        {
            request.HttpContext.Response.Headers.RetryAfter = "2";
            return Results.Problem(
                "请求过多,请稍后重试。Too many requests wait; try again in a moment.",
                statusCode: StatusCodes.Status429TooManyRequests,
                title: "too-many-requests"
            );
        }
        try
        {
            await producer.Produce(
                topic,
                null,
                body,
                new DoorAddress(bell.Id, correlation).Headers(macs, topic, body),
                aborted
            );
            var decided = await answer.WaitAsync(door.Timeout, time, aborted);
            return decided.Code is { } code
                ? Results.Problem(decided.Text, statusCode: StatusCodes.Status400BadRequest, title: code)
                : Results.Json(decided.Documents.Select(d => DoorJson.Response(d, time.GetUtcNow())));
        }
        catch (TimeoutException)
        {
            // Durable in Kafka and still to be decided: never a false error.
            var links = message.Documents.Select(Link).OfType<string>().Distinct().ToArray();
            return Results.Json(
                new
                {
                    status = "accepted",
                    text = "已接收,尚未处理完成,请稍后查询。Durable; the decision takes longer. Ask at the links.",
                    links,
                },
                statusCode: StatusCodes.Status202Accepted
            );
        }
        catch (KafkaUnavailableException e)
        {
            request.HttpContext.Response.Headers.RetryAfter = "5";
            return Results.Problem(
                $"消息系统暂不可用,报文未接收,请重试。The message was not taken: {e.Message} Send it again.",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "kafka-unavailable"
            );
        }
        finally
        {
            bell.Leave(correlation);
        }
    }

    static string? Link(CebDocument document) =>
        document.Schema.Head.Find("ebpCode") is { } ebp
        && document.Schema.Head.Find("orderNo") is { } order
        && document[ebp] is { Length: > 0 } e
        && document[order] is { Length: > 0 } o
            ? DoorJson.Link(GrainKey.Parcel(e, o))
            : null;

    /// <summary>The whole body, or null when it is larger than allowed.</summary>
    static async Task<byte[]?> Body(HttpRequest request, int limit, CancellationToken aborted)
    {
        if (request.ContentLength > limit)
            return null;
        using var buffer = new MemoryStream();
        var chunk = new byte[81_920];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, aborted)) > 0)
        {
            if (buffer.Length + read > limit)
                return null;
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }

    static async Task<IResult> Show(string key, IGrainFactory grains) =>
        await grains.Grain<IParcelGrain>(key).Show() is { } view ? Results.Json(view) : NotFound(key);

    static async Task<IResult> FindParcel(
        string? waybill,
        string? payment,
        string? list,
        string? company,
        IDocumentIndex index,
        IGrainFactory grains,
        CancellationToken aborted
    )
    {
        string[]? names = (waybill, payment, list, company) switch
        {
            ({ Length: > 0 }, null, null, { Length: > 0 }) => [IndexKey.Waybill(company, waybill)],
            (null, { Length: > 0 }, null, { Length: > 0 }) => [IndexKey.Payment(company, payment)],
            (null, null, { Length: > 0 }, { Length: > 0 }) =>
            [
                IndexKey.ListCopNo(company, list),
                IndexKey.InvtNo(list),
                IndexKey.PreNo(list),
            ],
            (null, null, { Length: > 0 }, null) => [IndexKey.InvtNo(list), IndexKey.PreNo(list)],
            _ => null,
        };
        if (names is null)
            return Results.Problem(
                "请给出 waybill、payment 或 list 之一及企业代码 company。Give one of waybill, payment or list, and company (a list's invtNo or preNo goes without).",
                statusCode: StatusCodes.Status400BadRequest,
                title: "query-incomplete"
            );
        var found = await index.Find(names, fresh: false, aborted);
        return names.SelectMany(n => found.GetValueOrDefault(n, [])).FirstOrDefault() is { } key
            ? await Show(key, grains)
            : Results.Problem(
                "没有对应的包裹。No parcel has such a document.",
                statusCode: StatusCodes.Status404NotFound,
                title: "parcel-not-found"
            );
    }

    static async Task<IResult> Quota(
        QuotaRequest request,
        SubscriberIdentity identity,
        IGrainFactory grains,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        if (
            request.IdNumber is not { Length: > 0 } id
            || !ResidentId.IsValid(
                ResidentId.Normalise(id),
                DateOnly.FromDateTime(now.ToOffset(CebTime.BeijingOffset).DateTime)
            )
        )
            return Results.Problem(
                "证件号码无效。idNumber is missing or no valid resident id.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "id-number-wrong"
            );
        var year = request.Year ?? CebTime.BeijingYear(now);
        if (year is < 2016 or > 9998)
            return Results.Problem(
                "年份无效。year must be 2016 or later.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "year-wrong"
            );
        var standing = await grains
            .Grain<ISubscriberGrain>(GrainKey.Subscriber(identity.Hash(id)))
            .Standing(year);
        return Results.Json(
            new QuotaResponse(
                year,
                standing.LimitFen,
                standing.PostedFen,
                standing.PendingFen,
                standing.RemainingFen
            )
        );
    }

    static IResult NotFound(string key)
    {
        var (ebp, order) = GrainKey.ParseParcel(key)!.Value;
        return Results.Problem(
            IdNumbers.Mask(
                $"没有平台 {ebp} 的订单 {order}。There is no parcel of platform {ebp} with order {order}."
            ),
            statusCode: StatusCodes.Status404NotFound,
            title: "parcel-not-found"
        );
    }
}
