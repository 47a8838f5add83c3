using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>What stands for a caller, its key and its request where they are kept: hashes, so that neither a name nor what a client put into its key is stored.</summary>
static class RepeatKey
{
    /// <summary>Most characters of a key.</summary>
    public const int Longest = 255;

    /// <summary>The key of a request, which has the header; null when it is none.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers[ContractHeaders.IdempotencyKey] is [{ Length: > 0 and <= Longest } key]
        && key.All(IsVisible)
            ? key
            : null;

    /// <summary>The grain of a caller.</summary>
    public static string Grain(Caller caller) => Hash($"{caller.Kind}", caller.Name);

    /// <summary>Of what a request asks: the same words are the same request.</summary>
    public static string Request(HttpRequest request, byte[] body) =>
        Hash(
            request.Method,
            request.Path.Value ?? "",
            request.QueryString.Value ?? "",
            Convert.ToHexString(SHA256.HashData(body))
        );

    public static string Hash(params ReadOnlySpan<string> parts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', parts))));

    static bool IsVisible(char c) => c is > ' ' and <= '~';
}
