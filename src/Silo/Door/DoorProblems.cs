using System.Globalization;
using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Silo.Door;

/// <summary>What the door answers when it does not do what was asked: RFC 9457, its title a stable code, its detail in both languages.</summary>
static class DoorProblems
{
    /// <summary>When to come again to a door that was full.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    static readonly string HealthRight = Right.ReadHealthDetails.Descriptor().Name;

    /// <summary>The framework names the type of each status but these.</summary>
    static readonly Dictionary<int, string> TypesThatTheFrameworkLacks = new()
    {
        [StatusCodes.Status429TooManyRequests] = "https://tools.ietf.org/html/rfc6585#section-4",
    };

    public static IResult TooMany(HttpContext context, TimeSpan after)
    {
        DoorMetrics.Refused(ProblemCode.TooManyRequests);
        ComeAgain(context, after);
        return Problem(
            StatusCodes.Status429TooManyRequests,
            ProblemCode.TooManyRequests,
            "请求过多，请稍后重试。Too many requests of yours or of all at once; try again in a moment."
        );
    }

    public static IResult TooLarge(int limit)
    {
        DoorMetrics.Refused(ProblemCode.TooLarge);
        return Problem(
            StatusCodes.Status413PayloadTooLarge,
            ProblemCode.TooLarge,
            $"请求体超过 {limit} 字节，请拆分或缩短。The body is larger than {limit} bytes; split or shorten it."
        );
    }

    public static IResult TooSlow(HttpContext context, DoorOptions door)
    {
        DoorMetrics.Refused(ProblemCode.TooSlow);
        context.Response.Headers.Connection = "close";
        return Problem(
            StatusCodes.Status408RequestTimeout,
            ProblemCode.TooSlow,
            $"请求体传输过慢，未接收，请重新发送。The request was not taken: its body came at less than {door.BodyRate} bytes a second or took longer than {door.BodyTimeout.TotalSeconds:0} s; send it again."
        );
    }

    public static IResult Broken(int status) =>
        Problem(
            status,
            ProblemCode.BodyBroken,
            "请求体不完整或格式有误，请检查后重新发送。The body of the request ended early or is malformed; send it again."
        );

    public static IResult KafkaAway(HttpContext context, Exception reason)
    {
        ComeAgain(context, TimeSpan.FromSeconds(5));
        return Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.KafkaUnavailable,
            $"消息系统暂不可用，报文未接收，请重试。The message was not taken: {reason.Message} Send it again."
        );
    }

    /// <summary>Database or silos: what was asked for cannot be looked at or done now.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="part">Which part.</param>
    /// <param name="mayBeDone">An act had been handed on: nobody knows whether it is done, or will be.</param>
    public static IResult PartAway(HttpContext context, string part, bool mayBeDone = false)
    {
        var text = mayBeDone
            ? $"系统部件 {part} 暂不可用。请求已交付处理，可能已经执行，也可能仍将执行：重试前请先查看包裹。The {part} is away. What was asked had been handed on and may be done, now or later: look at the parcel before you ask again."
            : $"系统部件 {part} 暂不可用，请稍后重试。The {part} is away; nothing was done. Try again in a moment; GET /health/ready says more.";
        DoorMetrics.Refused(ProblemCode.PartAway);
        ComeAgain(context, TimeSpan.FromSeconds(5));
        return Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.PartAway,
            text,
            extensions: new Dictionary<string, object?> { ["part"] = part }
        );
    }

    /// <summary>What <c>/health/ready</c> says of a silo that is not.</summary>
    public static IResult NotReady(string missing, object parts) =>
        Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.NotReady,
            $"尚未就绪，缺 {missing}，各部件的说明见 parts。Not ready for want of {missing}; parts says what is wrong with each and what to do.",
            new Dictionary<string, object?> { ["parts"] = parts }
        );

    /// <summary>The same to a stranger, whom the parts do not concern.</summary>
    public static IResult NotReady() =>
        Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.NotReady,
            $"尚未就绪，原因只告知有权限 {HealthRight} 者。Not ready; why is told to callers with the right {HealthRight}."
        );

    /// <summary>The engine is not there yet.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="waiting">What the start waits for, in both languages; empty when that is nothing.</param>
    public static IResult Starting(HttpContext context, string waiting)
    {
        ComeAgain(context, TimeSpan.FromSeconds(5));
        return Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.Starting,
            waiting.Length > 0 ? $"尚未就绪。{waiting}" : "尚未就绪，正在启动。Not ready: the engine starts."
        );
    }

    public static IResult Stopping() =>
        Problem(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCode.Stopping,
            "正在停止，请改用其他节点。The engine stops; ask another."
        );

    /// <summary>What a probe's address says of everything else.</summary>
    public static IResult HealthOnly() =>
        Problem(
            StatusCodes.Status404NotFound,
            ProblemCode.PathNotFound,
            $"本地址只提供 {ApiPaths.Live} 与 {ApiPaths.Ready}，其余请用 Urls 所列地址。Only {ApiPaths.Live} and {ApiPaths.Ready} are here; the rest is at the addresses that Urls names."
        );

    public static IResult KafkaRefused(Exception reason) =>
        Problem(
            StatusCodes.Status413PayloadTooLarge,
            ProblemCode.KafkaRefused,
            $"消息系统拒收该报文，请拆分后重新发送。The message was not taken: {reason.Message} Split it and send it again."
        );

    public static IResult NoParcel(string ebpCode, string orderNo) =>
        Problem(
            StatusCodes.Status404NotFound,
            ProblemCode.ParcelNotFound,
            IdNumbers.Mask(
                $"没有平台 {ebpCode} 的订单 {orderNo}。There is no parcel of platform {ebpCode} with order {orderNo}."
            )
        );

    public static IResult NoParcel() =>
        Problem(
            StatusCodes.Status404NotFound,
            ProblemCode.ParcelNotFound,
            "没有对应的包裹。No parcel has such a document."
        );

    /// <summary>There is no room now; there is in a moment.</summary>
    public static IResult Later(
        HttpContext context,
        int status,
        ProblemCode code,
        TimeSpan after,
        string text
    )
    {
        DoorMetrics.Refused(code);
        ComeAgain(context, after);
        return Problem(status, code, text);
    }

    /// <summary>The declared content type is none that is read here.</summary>
    public static IResult ContentType(string text) =>
        Problem(StatusCodes.Status415UnsupportedMediaType, ProblemCode.ContentTypeNotAllowed, text);

    /// <summary>What is asked cannot be understood, or what is sent cannot be read.</summary>
    public static IResult Malformed(ProblemCode code, string text) =>
        Problem(StatusCodes.Status400BadRequest, code, text);

    /// <summary>RFC 9457's form, whatever the client said that it accepts.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">What is wrong, by the catalogue.</param>
    /// <param name="text">What is wrong, what is allowed and what to do, in both languages, without id numbers.</param>
    /// <param name="extensions">Further members.</param>
    public static IResult Problem(
        int status,
        ProblemCode code,
        string text,
        IDictionary<string, object?>? extensions = null
    ) => Answer(status, code.Text, text, extensions);

    /// <summary>What the framework refuses for a reason that has no name here but its status.</summary>
    public static IResult Unnamed(int status, string text) => Answer(status, $"http-{status}", text, null);

    static IResult Answer(int status, string title, string text, IDictionary<string, object?>? extensions) =>
        Results.Problem(
            text,
            statusCode: status,
            title: title,
            type: TypesThatTheFrameworkLacks.GetValueOrDefault(status),
            extensions: extensions
        );

    static void ComeAgain(HttpContext context, TimeSpan after) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
}
