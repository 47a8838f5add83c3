using System.Net;
using System.Reflection;
using System.Text.Json;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>The door while the database is away: every answer in bounded time, and by name.</summary>
public sealed class DoorPartAwayTests
{
    [Theory]
    [InlineData("parcels/9999900001/ORDER-1")]
    [InlineData("parcels/9999900001/ORDER-1/ask")]
    [InlineData("parcels/9999900001/ORDER-1/left")]
    public async Task With_the_database_away_who_asks_is_told_to_come_again(string path)
    {
        await using var door = await DoorHost.Start(TimeProvider.System, AwayDatabase.Of);
        var asked =
            path.Split('/').Length > 3
                ? await door.Http.PostAsync(new Uri(path, UriKind.Relative), null)
                : await door.Http.GetAsync(new Uri(path, UriKind.Relative));
        await IsPartAway(asked);
    }

    static async Task IsPartAway(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("part-away", body.GetProperty("title").GetString());
        Assert.Equal(PartWatch.Database, body.GetProperty("part").GetString());
    }
}

/// <summary>A database that was there when the engine started and does not answer any more.</summary>
public class AwayDatabase : DispatchProxy
{
    IStateDatabase _inner = null!;

    public static IStateDatabase Of(IStateDatabase inner)
    {
        var proxy = Create<IStateDatabase, AwayDatabase>();
        ((AwayDatabase)(object)proxy)._inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name switch
        {
            "get_Place" or "Migrate" or "DisposeAsync" => targetMethod.Invoke(_inner, args),
            nameof(IStateDatabase.IsTransient) => args![0] is IOException,
            nameof(IStateDatabase.Failed) => null,
            _ => throw new IOException("connection refused"),
        };
}
