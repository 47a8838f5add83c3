using System.Globalization;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Silo.Door;

/// <summary>What the door answers when it does not do what was asked: RFC 9457, its title a stable code, its detail in both languages.</summary>
static class DoorProblems
{
    /// <summary>When to come again to a door that was full.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public static IResult TooMany(HttpContext context, TimeSpan after)
    {
        DoorMetrics.Refused("too-many-requests");
        ComeAgain(context, after);
        return Results.Problem(
            "请求过多,请稍后重试。Too many requests of yours or of all at once; try again in a moment.",
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "too-many-requests"
        );
    }

    public static IResult TooLarge(int limit)
    {
        DoorMetrics.Refused("too-large");
        return Results.Problem(
            $"报文超过 {limit} 字节,请拆分。The message is larger than {limit} bytes; split it.",
            statusCode: StatusCodes.Status413PayloadTooLarge,
            title: "too-large"
        );
    }

    public static IResult TooSlow(HttpContext context, DoorOptions door)
    {
        DoorMetrics.Refused("too-slow");
        context.Response.Headers.Connection = "close";
        return Results.Problem(
            $"报文传输过慢,未接收,请重新发送。The message was not taken: its body came at less than {door.BodyRate} bytes a second or took longer than {door.BodyTimeout.TotalSeconds:0} s; send it again.",
            statusCode: StatusCodes.Status408RequestTimeout,
            title: "too-slow"
        );
    }

    public static IResult Broken(int status) =>
        Results.Problem(
            "请求体不完整或格式有误,请检查后重新发送。The body of the request ended early or is malformed; send it again.",
            statusCode: status,
            title: "body-broken"
        );

    public static IResult KafkaAway(HttpContext context, Exception reason)
    {
        ComeAgain(context, TimeSpan.FromSeconds(5));
        return Results.Problem(
            $"消息系统暂不可用,报文未接收,请重试。The message was not taken: {reason.Message} Send it again.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "kafka-unavailable"
        );
    }

    /// <summary>Database or silos: what was asked for cannot be looked at or done now.</summary>
    public static IResult PartAway(HttpContext context, string part)
    {
        DoorMetrics.Refused("part-away");
        ComeAgain(context, TimeSpan.FromSeconds(5));
        return Results.Problem(
            $"系统部件 {part} 暂不可用,请稍后重试。The {part} is away; nothing was done. Try again in a moment; GET /health/ready says more.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "part-away",
            extensions: new Dictionary<string, object?> { ["part"] = part }
        );
    }

    public static IResult KafkaRefused(Exception reason) =>
        Results.Problem(
            $"消息系统拒收该报文,请拆分后重新发送。The message was not taken: {reason.Message} Split it and send it again.",
            statusCode: StatusCodes.Status413PayloadTooLarge,
            title: "kafka-refused"
        );

    public static IResult NoParcel(string ebpCode, string orderNo) =>
        Results.Problem(
            IdNumbers.Mask(
                $"没有平台 {ebpCode} 的订单 {orderNo}。There is no parcel of platform {ebpCode} with order {orderNo}."
            ),
            statusCode: StatusCodes.Status404NotFound,
            title: "parcel-not-found"
        );

    public static IResult NoParcel() =>
        Results.Problem(
            "没有对应的包裹。No parcel has such a document.",
            statusCode: StatusCodes.Status404NotFound,
            title: "parcel-not-found"
        );

    static void ComeAgain(HttpContext context, TimeSpan after) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
}
