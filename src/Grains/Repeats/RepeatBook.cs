using System.Collections.Immutable;

namespace ClearanceEngine.Repeats;

/// <summary>An answer as it was given.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Of the body; null without one.</param>
/// <param name="Body">Its bytes.</param>
[GenerateSerializer, Immutable, Alias("clearance.repeats.answer")]
public sealed record KeptAnswer(
    [property: Id(0)] int Status,
    [property: Id(1)] string? ContentType,
    [property: Id(2)] ImmutableArray<byte> Body
);

/// <summary>A request under a key.</summary>
/// <param name="Key">Hash of the key.</param>
/// <param name="Request">Hash of what was asked.</param>
/// <param name="Since">When it came.</param>
/// <param name="Answer">Null while it is not known.</param>
[GenerateSerializer, Immutable, Alias("clearance.repeats.request")]
public sealed record KeptRequest(
    [property: Id(0)] string Key,
    [property: Id(1)] string Request,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] KeptAnswer? Answer
);

/// <summary>What a key is to who comes with it.</summary>
public enum RepeatVerdict
{
    /// <summary>Nobody has come with it: act, and say what was answered.</summary>
    First,

    /// <summary>It was answered: give that again.</summary>
    Answered,

    /// <summary>Whoever came first is not answered yet.</summary>
    InFlight,

    /// <summary>Whoever came first was never answered: it may be done, and is not done again.</summary>
    Unknown,

    /// <summary>It came with another request.</summary>
    OfAnother,
}

/// <summary>Requests of one caller, the oldest first; bounded by age, number and bytes. Pure.</summary>
[GenerateSerializer, Immutable, Alias("clearance.repeats.book")]
public sealed record RepeatBook
{
    [Id(0)]
    public ImmutableArray<KeptRequest> Requests { get; init; } = [];

    /// <summary>What a request under this key is; as the first of its key it is kept from now on.</summary>
    /// <param name="key">Hash of the key.</param>
    /// <param name="request">Hash of what is asked.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="now">When it comes.</param>
    public (RepeatBook Book, RepeatVerdict Verdict, KeptAnswer? Answer) Begin(
        string key,
        string request,
        RepeatOptions options,
        DateTimeOffset now
    )
    {
        var young = Requests.RemoveAll(kept => now - kept.Since >= options.Keep);
        if (young.FirstOrDefault(kept => kept.Key == key) is { } known)
            return (this, Verdict(known, request, now - known.Since >= options.InFlight), known.Answer);

        var added = young.Add(new KeptRequest(key, request, now, null));
        return (new RepeatBook { Requests = Bounded(added, options) }, RepeatVerdict.First, null);
    }

    /// <summary>What the first under this key was answered.</summary>
    public RepeatBook End(string key, KeptAnswer answer, RepeatOptions options)
    {
        var ended = Requests.Select(kept => kept.Key == key ? kept with { Answer = answer } : kept);
        return new RepeatBook { Requests = Bounded([.. ended], options) };
    }

    /// <summary>Nothing was done under this key: whoever comes next is the first.</summary>
    public RepeatBook Forget(string key) =>
        new() { Requests = Requests.RemoveAll(kept => kept.Key == key && kept.Answer is null) };

    static RepeatVerdict Verdict(KeptRequest known, string request, bool isLate)
    {
        if (known.Request != request)
            return RepeatVerdict.OfAnother;
        if (known.Answer is not null)
            return RepeatVerdict.Answered;
        return isLate ? RepeatVerdict.Unknown : RepeatVerdict.InFlight;
    }

    /// <summary>The newest that fit; what just came always does.</summary>
    static ImmutableArray<KeptRequest> Bounded(ImmutableArray<KeptRequest> requests, RepeatOptions options)
    {
        var (first, bytes) = (requests.Length, 0L);
        while (first > 0 && requests.Length - first < options.Answers)
        {
            bytes += requests[first - 1].Answer?.Body.Length ?? 0;
            if (bytes > options.Bytes && first < requests.Length)
                break;
            first--;
        }
        return requests[first..];
    }
}
