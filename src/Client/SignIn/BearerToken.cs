using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>What proves who is asking. It is written into a request and into the file of logins, and shown nowhere.</summary>
[JsonConverter(typeof(BearerTokenJson))]
sealed partial class BearerToken
{
    /// <summary>A token with many claims has a few kilobytes; servers take no longer header.</summary>
    public const int MostLength = 16 * 1024;

    readonly string _text;

    BearerToken(string text) => _text = text;

    /// <summary>The header of a request.</summary>
    public AuthenticationHeaderValue Header => new("Bearer", _text);

    /// <summary>Reads a token; the blanks and line ends around it that editors add are none of it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out BearerToken? token)
    {
        var trimmed = text?.Trim() ?? "";
        token = trimmed.Length <= MostLength && Form().IsMatch(trimmed) ? new BearerToken(trimmed) : null;
        return token is not null;
    }

    /// <summary>Reads a token.</summary>
    /// <param name="text">It, and no other text.</param>
    /// <param name="origin">Where it was found, for people.</param>
    /// <exception cref="VerbException">It is none; what it is instead is not told, since it may be a secret.</exception>
    public static BearerToken Parse(string text, string origin) =>
        TryParse(text, out var token)
            ? token
            : throw VerbException.Usage(
                "bad-token",
                $"{origin} 中没有令牌：应只含一个令牌，由字母、数字及 - . _ ~ + / = 组成，最多 {MostLength} 个字符。{origin} holds no token: it must hold one and nothing else, of letters, digits and - . _ ~ + / =, at most {MostLength} characters."
            );

    /// <summary>Whatever is logged or printed with it does not tell it.</summary>
    public override string ToString() => "***";

    /// <summary>RFC 6750, b64token.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9._~+/-]+=*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    sealed class BearerTokenJson : JsonConverter<BearerToken>
    {
        public override BearerToken Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => TryParse(reader.GetString(), out var token) ? token : throw new JsonException("no token");

        public override void Write(Utf8JsonWriter writer, BearerToken value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value._text);
    }
}
