using ClearanceEngine.Ceb;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// What a body may be declared as, looked at before any of it is read. A body without a Content-Type is taken for what it begins
/// like, since senders of before never declared theirs.
/// </summary>
static class BodyTypes
{
    const string Json = "application/json";

    /// <summary>Of CEB messages.</summary>
    public static IReadOnlyList<string> OfMessages { get; } = ["application/xml", "text/xml", Json];

    /// <summary>Of questions.</summary>
    public static IReadOnlyList<string> OfQuestions { get; } = [Json];

    /// <summary>The answer to a body that is declared as something else, encoded, or in another charset; null when it may be read.</summary>
    public static IResult? Refusal(HttpRequest request, IReadOnlyList<string> allowed)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encodings && encodings != "identity")
        {
            request.HttpContext.Response.Headers.AcceptEncoding = "identity";
            return Refused("Content-Encoding", encodings.ToString(), "不带 Content-Encoding without one");
        }

        var declared = request.Headers.ContentType.ToString();
        if (declared.Length == 0)
            return null;

        var choice = string.Join(", ", allowed);
        if (!MediaTypeHeaderValue.TryParse(declared, out var type) || !allowed.Any(a => Is(type, a)))
            return Refused("Content-Type", declared, choice);
        return IsUtf8(type)
            ? null
            : Refused("charset", HeaderUtilities.RemoveQuotes(type.Charset).ToString(), "utf-8");
    }

    /// <summary>The answer to a message that does not begin like what it is declared as; null when it does.</summary>
    public static IResult? Contradiction(HttpRequest request, ReadOnlySpan<byte> body)
    {
        // Nothing begins like nothing: whoever reads it says that it is empty.
        if (body.IsEmpty)
            return null;
        if (!MediaTypeHeaderValue.TryParse(request.Headers.ContentType.ToString(), out var type))
            return null;
        if (Is(type, Json) == CebParser.IsJson(body))
            return null;
        return DoorProblems.Malformed(
            ProblemCode.ContentTypeDiffers,
            $"声明为 {type.MediaType}，内容却不是，请改正 Content-Type 或内容。The body is declared as {type.MediaType} and does not begin like it; mend the Content-Type or the body."
        );
    }

    static bool Is(MediaTypeHeaderValue type, string allowed) =>
        type.MediaType.Equals(allowed, StringComparison.OrdinalIgnoreCase);

    static bool IsUtf8(MediaTypeHeaderValue type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return !charset.HasValue || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    static IResult Refused(string header, string value, string choice) =>
        DoorProblems.ContentType(
            $"不接受 {header} {Clip.Quote(value)}，可用：{choice}。{header} {Clip.Quote(value)} is not read here; send {choice}."
        );
}
