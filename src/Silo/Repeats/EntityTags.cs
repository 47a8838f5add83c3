using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>Tags of answers: of the bytes that are shown, so of one caller's view. Callers who see different things have different tags for one parcel.</summary>
static class EntityTags
{
    /// <summary>Of the hash; enough that two views never meet.</summary>
    const int Bytes = 16;

    public static EntityTagHeaderValue Of(ReadOnlyMemory<byte> shown) =>
        new($"\"{Base64Url.EncodeToString(SHA256.HashData(shown.Span).AsSpan(0, Bytes))}\"");

    /// <summary>By <c>If-None-Match</c>: the caller has this already.</summary>
    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(k => IsAny(k) || k.Compare(tag, useStrongComparison: false));

    /// <summary>By <c>If-Match</c>, where there is one: the caller acts on what it saw. A header that cannot be read was meant as a condition, too, and does not hold.</summary>
    public static bool Holds(HttpRequest request, EntityTagHeaderValue tag) =>
        request.Headers.IfMatch.Count == 0
        || (
            EntityTagHeaderValue.TryParseList(request.Headers.IfMatch, out var meant)
            && meant.Any(m => IsAny(m) || m.Compare(tag, useStrongComparison: true))
        );

    static bool IsAny(EntityTagHeaderValue tag) => tag.Tag == EntityTagHeaderValue.Any.Tag;
}
