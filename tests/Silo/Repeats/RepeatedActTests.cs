using System.Collections.Immutable;
using System.Net;
using ClearanceEngine.Parcels;
using ClearanceEngine.Repeats;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.DependencyInjection;

namespace ClearanceEngine.Tests.Repeats;

/// <summary>Acts that come again, acts on what was seen, and questions whose answer is known, by HTTP (ADR 035).</summary>
public sealed class RepeatedActTests
{
    const string Parcel = $"api/v1/parcels/{SampleParcel.Platform}/STORED";

    readonly SilentParcel _parcel = SilentParcel.Make();
    readonly KnownRepeats _repeats = new();
    ParcelView _view = new(
        SampleParcel.Platform,
        "STORED",
        ParcelStatus.Declared,
        "1210",
        1,
        ImmutableSortedDictionary<DocumentType, DocumentView>.Empty,
        [],
        [],
        null,
        null,
        null,
        null,
        [],
        [],
        [],
        [],
        [],
        []
    );
    int _asked;

    [Fact]
    public async Task An_act_that_comes_again_under_its_key_gets_the_first_answer_and_is_done_once()
    {
        await using var door = await Start();
        using var first = await Post(door, "/ask", "key-1");
        using var again = await Post(door, "/ask", "key-1");

        Assert.Equal(1, _asked);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        using var another = await Post(door, "/ask", "key-2");
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_refusal_is_given_again_and_the_trail_has_the_act_once()
    {
        await using var door = await Start();
        using var first = await Post(door, "/close", "key-1", """{"reason":"gone"}""");
        await DoorAnswersTests.Problem(first, 409, "already-ended");
        using var again = await Post(door, "/close", "key-1", """{"reason":"gone"}""");
        await DoorAnswersTests.Problem(again, 409, "already-ended");
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        var trail = await door.Http.GetStringAsync(new Uri("api/v1/audit", UriKind.Relative));
        Assert.Single(trail.Split("\"outcome\":\"asked\"")[1..]);
    }

    [Fact]
    public async Task A_key_is_of_one_request()
    {
        await using var door = await Start();
        using var first = await Post(door, "/close", "key-1", """{"reason":"gone"}""");
        using var body = await Post(door, "/close", "key-1", """{"reason":"lost"}""");
        await DoorAnswersTests.Problem(body, 422, "idempotency-key-reused");
        using var address = await Post(door, "/ask", "key-1");
        await DoorAnswersTests.Problem(address, 422, "idempotency-key-reused");
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Whoever_comes_while_the_first_is_not_answered_is_told_to_wait_and_then_that_nobody_knows()
    {
        var asked = new TaskCompletionSource<bool>();
        await using var door = await Start("--Door:Timeout=00:00:01", "--Repeats:InFlight=00:00:05");
        _parcel.Answer = name =>
            name == nameof(IParcelGrain.Show) ? Task.FromResult<ParcelView?>(_view) : asked.Task;
        var first = Post(door, "/ask", "key-1");
        using (var lost = await first)
            await DoorAnswersTests.Problem(lost, 503, "part-away");

        using var waiting = await Post(door, "/ask", "key-1");
        await DoorAnswersTests.Problem(waiting, 409, "request-in-flight");
        Assert.NotNull(waiting.Headers.RetryAfter);

        _repeats.Now += TimeSpan.FromSeconds(5);
        using var unknown = await Post(door, "/ask", "key-1");
        await DoorAnswersTests.Problem(unknown, 409, "outcome-unknown");
    }

    [Fact]
    public async Task What_a_part_that_is_away_kept_from_being_done_is_done_the_next_time()
    {
        await using var door = await Start();
        _parcel.Answer = name =>
            name == nameof(IParcelGrain.Show)
                ? Task.FromResult<ParcelView?>(_view)
                : throw new ClearanceEngine.Silo.Storage.StorageUnavailableException(
                    "away",
                    new IOException()
                );
        using (var away = await Post(door, "/close", "key-1", """{"reason":"gone"}"""))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("long")]
    public async Task What_is_no_key_is_told_so(string key)
    {
        await using var door = await Start();
        using var answer = await Post(door, "/ask", key == "long" ? new string('x', 256) : key);
        await DoorAnswersTests.Problem(answer, 400, "idempotency-key-invalid");
        using var longest = await Post(door, "/ask", new string('x', 255));
        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_is_kept_names_neither_the_caller_nor_its_key()
    {
        await using var door = await Start();
        using var answer = await Post(door, "/ask", "secret-key");
        Assert.DoesNotContain(_repeats.Book.Requests, kept => kept.ToString().Contains("secret"));
        Assert.Equal(64, Assert.Single(_repeats.Book.Requests).Key.Length);
    }

    [Fact]
    public async Task A_parcel_that_is_known_is_not_sent_again_until_it_changes()
    {
        await using var door = await Start();
        using var first = await Get(door, Parcel);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal(
            "private, no-cache",
            Assert
                .Single(first.Headers.GetValues("Cache-Control"))
                .Replace("no-cache, private", "private, no-cache", StringComparison.Ordinal)
        );
        Assert.Contains("Authorization", first.Headers.Vary);

        using var known = await Get(door, Parcel, tag.Tag);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(tag, known.Headers.ETag);
        Assert.Empty(await known.Content.ReadAsByteArrayAsync());

        _view = _view with { State = ParcelStatus.Released };
        using var changed = await Get(door, Parcel, tag.Tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag);

        using var me = await Get(door, "api/v1/me");
        using var still = await Get(door, "api/v1/me", me.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, still.StatusCode);
    }

    [Fact]
    public async Task Who_acts_on_what_is_no_longer_so_is_refused()
    {
        await using var door = await Start();
        using var seen = await Get(door, Parcel);
        var tag = seen.Headers.ETag!.Tag;
        using var first = await Post(door, "/ask", ifMatch: tag);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("application/json", first.Content.Headers.ContentType?.MediaType);

        _view = _view with { State = ParcelStatus.Released };
        using var late = await Post(door, "/ask", ifMatch: tag);
        await DoorAnswersTests.Problem(late, 412, "precondition-failed");
        using var weak = await Post(door, "/ask", ifMatch: $"W/{tag}");
        await DoorAnswersTests.Problem(weak, 412, "precondition-failed");
        using var garbage = await Post(door, "/ask", ifMatch: "garbage");
        await DoorAnswersTests.Problem(garbage, 412, "precondition-failed");
        Assert.Equal(1, _asked);
        using var any = await Post(door, "/ask", ifMatch: "*");
        Assert.Equal(2, _asked);
    }

    async Task<DoorHost> Start(params string[] settings)
    {
        var door = await DoorHost.Start(settings);
        await door.Store("parcel", "p/STORED");
        door.Grains.Parcel = _parcel.Grain;
        door.Grains.Repeats = _repeats;
        _repeats.Options = door.Services.GetRequiredService<RepeatOptions>();
        _parcel.Answer = name =>
            name switch
            {
                nameof(IParcelGrain.Show) => Task.FromResult<ParcelView?>(_view),
                nameof(IParcelGrain.Ask) => Asked(),
                _ => Task.FromResult<Problem?>(
                    new Problem(
                        ProblemCode.AlreadyEnded,
                        DocumentType.Order,
                        null,
                        null,
                        "无须关闭。It needs no closing."
                    )
                ),
            };
        return door;
    }

    Task<bool> Asked()
    {
        _asked++;
        return Task.FromResult(true);
    }

    static Task<HttpResponseMessage> Get(DoorHost door, string address, string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return door.Http.SendAsync(request);
    }

    static Task<HttpResponseMessage> Post(
        DoorHost door,
        string act,
        string? key = null,
        string? body = null,
        string? ifMatch = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Parcel + act, UriKind.Relative));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return door.Http.SendAsync(request);
    }

    /// <summary>The grain without Orleans and its store.</summary>
    sealed class KnownRepeats : IRepeatsGrain
    {
        public RepeatOptions Options { get; set; } = new();

        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public RepeatBook Book { get; private set; } = new();

        public Task<RepeatReply> Begin(string key, string request)
        {
            (Book, var verdict, var answer) = Book.Begin(key, request, Options, Now);
            return Task.FromResult(new RepeatReply(verdict, answer));
        }

        public Task End(string key, KeptAnswer answer)
        {
            Book = Book.End(key, answer, Options);
            return Task.CompletedTask;
        }

        public Task Forget(string key)
        {
            Book = Book.Forget(key);
            return Task.CompletedTask;
        }
    }
}
