using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Answers for what no endpoint of the door answered: paths and methods that are not there, and whatever failed. What the server
/// itself refuses (docs/http.md names it) never comes here and has no body.
/// </summary>
sealed class UnansweredRequests : IExceptionHandler
{
    /// <summary>A status that was set without a body.</summary>
    public static Task WriteBody(StatusCodeContext context) =>
        OfStatus(context.HttpContext).ExecuteAsync(context.HttpContext);

    /// <summary>Something failed. The log has the exception under the trace id of the answer; the answer tells nothing of it.</summary>
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        var answer = exception is BadHttpRequestException bad
            ? DoorProblems.Broken(bad.StatusCode)
            : Failed(context);
        await answer.ExecuteAsync(context);
        return true;
    }

    /// <summary>What a client did wrong is no error of ours, and not for the log.</summary>
    public static bool IsTheClients(ExceptionHandlerSuppressDiagnosticsContext context) =>
        context.Exception is BadHttpRequestException;

    static IResult OfStatus(HttpContext context) =>
        context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => NoSuchPath(context.Request.Path),
            StatusCodes.Status405MethodNotAllowed => NoSuchMethod(context),
            var status => DoorProblems.Unnamed(
                status,
                "请求无法处理，请对照 GET / 所列地址检查。The request cannot be served; GET / lists what can be asked for."
            ),
        };

    static IResult NoSuchPath(PathString path)
    {
        var quoted = Clip.Quote(path.Value ?? "");
        return DoorProblems.Problem(
            StatusCodes.Status404NotFound,
            ProblemCode.PathNotFound,
            $"没有地址 {quoted}，GET / 列出全部地址。There is nothing at {quoted}; GET / lists what there is."
        );
    }

    static IResult NoSuchMethod(HttpContext context)
    {
        var (method, allowed) = (Clip.Quote(context.Request.Method), context.Response.Headers.Allow);
        return DoorProblems.Problem(
            StatusCodes.Status405MethodNotAllowed,
            ProblemCode.MethodNotAllowed,
            $"本地址不接受 {method}，可用：{allowed}。{method} is not taken here; use {allowed}."
        );
    }

    static IResult Failed(HttpContext context)
    {
        var trace = Activity.Current?.Id ?? context.TraceIdentifier;
        return DoorProblems.Problem(
            StatusCodes.Status500InternalServerError,
            ProblemCode.InternalError,
            $"系统内部错误，请重试；再次出错请将 traceId {trace} 告知运维。The engine failed; try again, and if it fails again give the operator the traceId {trace}.",
            new Dictionary<string, object?> { ["traceId"] = trace }
        );
    }
}
