using System.Net;
using ClearanceEngine.Silo.Changes;
using ClearanceEngine.Tests.Access;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClearanceEngine.Tests.Changes;

/// <summary>What the change feed promises, whichever broker is behind it (ADR 034).</summary>
public abstract class ChangeFeedConformance
{
    static readonly string[] FirstThree = Words(1, 3);

    internal abstract ChangeWorld World(bool isShared = false);

    static string[] Words(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(ChangeWorld.Words)];

    static void SignIn(DoorHost door, ChangeWorld world, params string[] participants) =>
        door.Http.DefaultRequestHeaders.Authorization = ChangeWorld.Bearer(
            world.Issuer.Token("company", participants)
        );

    [Fact]
    public async Task Pages_miss_nothing_and_repeat_nothing_also_when_the_engine_was_started_anew()
    {
        using var world = World();
        for (var number = 1; number <= 5; number++)
            await world.HandOn(ChangeWorld.Ours, number);
        string next;
        await using (var door = await world.Start())
        {
            SignIn(door, world, ChangeWorld.Ours);
            var first = await ChangeWorld.Page(door, "after=oldest&limit=3");
            Assert.Equal(FirstThree, ChangeWorld.Infos(first));
            next = ChangeWorld.Next(first);
        }
        await world.HandOn(ChangeWorld.Ours, 6);

        await using var again = await world.Start();
        SignIn(again, world, ChangeWorld.Ours);
        var second = await ChangeWorld.Page(again, $"after={next}");
        Assert.Equal(Words(4, 6), ChangeWorld.Infos(second));
        var third = await ChangeWorld.Page(again, $"after={ChangeWorld.Next(second)}");
        Assert.Empty(ChangeWorld.Infos(third));
        Assert.Equal(ChangeWorld.Next(second), ChangeWorld.Next(third));
    }

    [Fact]
    public async Task A_poll_waits_for_its_first_event()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);
        var latest = await ChangeWorld.Page(door, "after=latest");
        Assert.Empty(ChangeWorld.Infos(latest));

        var waiting = ChangeWorld.Page(door, $"after={ChangeWorld.Next(latest)}&wait=60");
        await world.HandOn(ChangeWorld.Ours, 2);
        Assert.Equal(Words(2, 2), ChangeWorld.Infos(await waiting.WaitAsync(ChangeWorld.Patience)));
    }

    [Fact]
    public async Task A_stream_brings_what_comes_and_goes_on_where_it_was_when_the_engine_was_started_anew()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        string last;
        await using (var door = await world.Start())
        {
            SignIn(door, world, ChangeWorld.Ours);
            using var stream = await OpenStream.Open(door, "after=oldest");
            Assert.Equal(("receipt", ChangeWorld.Words(1)), await stream.Next());
            await world.HandOn(ChangeWorld.Ours, 2);
            Assert.Equal(("receipt", ChangeWorld.Words(2)), await stream.Next());
            last = stream.LastId;

            door.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            Assert.Equal(("end", "stopping"), await stream.Next());
            Assert.True(await stream.HasEnded());
        }
        await world.HandOn(ChangeWorld.Ours, 3);

        await using var again = await world.Start();
        SignIn(again, world, ChangeWorld.Ours);
        // Where the stream came to outranks where it began.
        using var resumed = await OpenStream.Open(again, "after=oldest", last);
        Assert.Equal(("receipt", ChangeWorld.Words(3)), await resumed.Next());
    }

    [Fact]
    public async Task An_event_says_what_was_handed_on_and_where_its_parcel_is()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await world.Put(ChangeWorld.Ours, "no receipt"u8.ToArray());
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);

        var events = (await ChangeWorld.Page(door, "after=oldest")).GetProperty("events");
        var receipt = events[0];
        Assert.Equal(ChangeWorld.Ours, receipt.GetProperty("participant").GetString());
        Assert.Equal("CEB312Message", receipt.GetProperty("type").GetString());
        Assert.Equal("order", receipt.GetProperty("document").GetString());
        Assert.Equal("CHANGE-1", receipt.GetProperty("key").GetProperty("orderNo").GetString());
        Assert.Equal("2", receipt.GetProperty("status").GetString());
        Assert.Equal("engine", receipt.GetProperty("source").GetString());
        Assert.EndsWith(
            $"/api/v1/parcels/{ChangeWorld.Ours}/CHANGE-1",
            receipt.GetProperty("parcel").GetString(),
            StringComparison.Ordinal
        );
        // What cannot be read is told, and not passed over.
        Assert.Equal(2, events.GetArrayLength());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, events[1].GetProperty("type").ValueKind);
    }

    [Fact]
    public async Task The_events_of_another_never_come()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await world.HandOn(ChangeWorld.Others, 2);
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);
        var ours = ChangeWorld.Next(await ChangeWorld.Page(door, "after=oldest"));

        SignIn(door, world, ChangeWorld.Others);
        Assert.Equal(Words(2, 2), ChangeWorld.Infos(await ChangeWorld.Page(door, "after=oldest")));
        await Refused(door, $"after={ours}", 400, "cursor-invalid");
        await Refused(door, $"after={ours}&participant={ChangeWorld.Others}", 400, "cursor-invalid");
        var another = await Refused(door, $"participant={ChangeWorld.Ours}", 403, "participant-not-yours");
        var nobody = await Refused(door, "participant=NOBODY", 403, "participant-not-yours");
        Assert.Equal(nobody.Replace("NOBODY", ChangeWorld.Ours, StringComparison.Ordinal), another);
        using var stream = await OpenStream.Ask(door, $"participant={ChangeWorld.Ours}");
        await DoorAnswersTests.Problem(stream, 403, "participant-not-yours");
    }

    [Fact]
    public async Task A_topic_that_several_share_is_for_who_speaks_for_all_of_them()
    {
        using var world = World(isShared: true);
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);
        await Refused(door, "after=oldest", 403, "participant-not-yours");

        door.Http.DefaultRequestHeaders.Authorization = ChangeWorld.Bearer(world.Issuer.Token("operator"));
        await Refused(door, "after=oldest", 400, "query-incomplete");
        var page = await ChangeWorld.Page(door, $"after=oldest&participant={ChangeWorld.Ours}");
        Assert.Equal(Words(1, 1), ChangeWorld.Infos(page));
    }

    [Fact]
    public async Task Who_is_slower_than_the_memory_of_the_silo_reads_on_from_Kafka()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start("--Changes:KeepEvents=1", "--Changes:PageEvents=2");
        SignIn(door, world, ChangeWorld.Ours);
        var page = await ChangeWorld.Page(door, "after=oldest");
        using var quick = await OpenStream.Open(door, $"after={ChangeWorld.Next(page)}");
        for (var number = 2; number <= 9; number++)
        {
            await world.HandOn(ChangeWorld.Ours, number);
            Assert.Equal(ChangeWorld.Words(number), (await quick.Next()).Text);
        }

        var slow = new List<string>();
        while (slow.Count < 8)
        {
            page = await ChangeWorld.Page(door, $"after={ChangeWorld.Next(page)}&wait=1");
            slow.AddRange(ChangeWorld.Infos(page));
        }
        Assert.Equal(Words(2, 9), slow);
    }

    [Fact]
    public async Task A_cursor_whose_topic_is_gone_is_told_to_begin_again()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);
        var owner = ChangeCursor.OwnerOf(ChangeWorld.Ours, world.TopicOf(ChangeWorld.Ours));
        var page = await ChangeWorld.Page(door, "after=oldest");
        var now = ChangeCursor.Read(ChangeWorld.Next(page))!.Value;

        await Refused(door, $"after={now with { Topic = Guid.NewGuid() }}", 410, "cursor-gone");
        await Refused(door, $"after={now with { Offset = 1_000_000 }}", 410, "cursor-gone");
        Assert.Equal(owner, now.Owner);
    }

    static async Task<string> Refused(DoorHost door, string query, int status, string code)
    {
        using var answer = await door.Http.GetAsync(ChangeWorld.Address(query));
        var problem = await DoorAnswersTests.Problem(answer, status, code);
        return problem.GetProperty("detail").GetString()!;
    }

    [Fact]
    public async Task More_readers_than_there_is_room_for_are_told_when_to_come_again()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start("--Changes:CallerReaders=2", "--Changes:Readers=2");
        SignIn(door, world, ChangeWorld.Ours);
        using var first = await OpenStream.Open(door, "after=oldest");
        using var second = await OpenStream.Open(door, "after=oldest");
        await first.Next();
        await second.Next();

        using var third = await door.Http.GetAsync(ChangeWorld.Address("after=oldest"));
        await DoorAnswersTests.Problem(third, 429, "too-many-readers");
        Assert.NotNull(third.Headers.RetryAfter);
        door.Http.DefaultRequestHeaders.Authorization = ChangeWorld.Bearer(world.Issuer.Token("operator"));
        using var other = await door.Http.GetAsync(
            ChangeWorld.Address($"participant={ChangeWorld.Ours}&after=oldest")
        );
        await DoorAnswersTests.Problem(other, 503, "too-many-readers");
        Assert.NotNull(other.Headers.RetryAfter);

        // Who goes gives its place back.
        first.Dispose();
        var places = door.Services.GetRequiredService<ReaderPlaces>();
        for (var since = DateTime.UtcNow; places.Count > 1; )
        {
            Assert.True(DateTime.UtcNow - since < ChangeWorld.Patience);
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task A_token_that_expires_ends_its_stream_and_a_stranger_has_none()
    {
        using var world = World();
        await world.HandOn(ChangeWorld.Ours, 1);
        await using var door = await world.Start(
            "--Access:ClockSkew=00:00:00",
            "--Changes:LookAgain=00:00:00.200",
            "--Changes:Heartbeat=00:00:00.100"
        );
        door.Http.DefaultRequestHeaders.Authorization = null;
        using var stranger = await OpenStream.Ask(door, "after=oldest");
        await DoorAnswersTests.Problem(stranger, 401, "sign-in-needed");

        var claims = TestIssuer.Claims("company", ChangeWorld.Ours);
        claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(4).ToUnixTimeSeconds();
        door.Http.DefaultRequestHeaders.Authorization = ChangeWorld.Bearer(
            TestIssuer.Write(claims, world.Issuer.Signature)
        );
        using var stream = await OpenStream.Open(door, "after=oldest");
        Assert.Equal(("receipt", ChangeWorld.Words(1)), await stream.Next());
        Assert.Equal(("end", "credential-invalid"), await stream.Next());
        Assert.True(await stream.HasEnded());
    }

    [Theory]
    [InlineData("wait=61")]
    [InlineData("limit=0")]
    [InlineData("limit=x")]
    [InlineData("since=1")]
    [InlineData("wait=1&wait=2")]
    public async Task What_cannot_be_asked_is_told(string query)
    {
        using var world = World();
        await using var door = await world.Start();
        SignIn(door, world, ChangeWorld.Ours);
        await Refused(door, query, 400, "query-incomplete");
        using var garbage = await door.Http.GetAsync(ChangeWorld.Address("after=garbage"));
        Assert.Equal(HttpStatusCode.BadRequest, garbage.StatusCode);
    }
}
