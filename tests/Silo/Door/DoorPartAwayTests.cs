using System.Net;
using System.Net.Http.Json;
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
    [InlineData("api/v1/parcels/9999900001/ORDER-1")]
    [InlineData("api/v1/parcels/9999900001/ORDER-1/ask")]
    [InlineData("api/v1/parcels/9999900001/ORDER-1/departed")]
    [InlineData("api/v1/parcels/9999900001/ORDER-1/close")]
    [InlineData("api/v1/parcels/9999900001/ORDER-1/resend?document=list")]
    public async Task With_the_database_away_who_asks_is_told_to_come_again(string path)
    {
        await using var door = await DoorHost.Start(TimeProvider.System, AwayDatabase.Of);
        var asked =
            path.Split('/').Length > 5
                ? await door.Http.PostAsync(new Uri(path, UriKind.Relative), null)
                : await door.Http.GetAsync(new Uri(path, UriKind.Relative));
        await IsPartAway(asked);
    }

    [Fact]
    public async Task With_the_database_away_who_asks_for_a_quota_is_told_to_come_again()
    {
        await using var door = await DoorHost.Start(TimeProvider.System, AwayDatabase.Of);
        // Nobody's number: the area does not exist.
        var body = JsonContent.Create(new { idNumber = "999999199001010016" });
        await IsPartAway(await door.Http.PostAsync(new Uri("api/v1/quota", UriKind.Relative), body));
    }

    [Fact]
    public async Task With_a_database_that_hangs_who_asks_is_told_so_in_bounded_time()
    {
        HangingDatabase hanging = null!;
        await using var door = await DoorHost.Start(
            TimeProvider.System,
            inner => HangingDatabase.Of(inner, out hanging),
            "--Door:Timeout=00:00:01"
        );
        try
        {
            // As patient as a client is: an answer that never came would end this with an exception.
            door.Http.Timeout = TimeSpan.FromSeconds(30);
            await IsPartAway(
                await door.Http.GetAsync(new Uri("api/v1/parcels/9999900001/ORDER-1", UriKind.Relative))
            );
        }
        finally
        {
            hanging.LetGo();
        }
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

/// <summary>A database that takes every question and answers none until it is let go.</summary>
public class HangingDatabase : DispatchProxy
{
    readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IStateDatabase _inner = null!;

    public static IStateDatabase Of(IStateDatabase inner, out HangingDatabase hanging)
    {
        var proxy = Create<IStateDatabase, HangingDatabase>();
        hanging = (HangingDatabase)(object)proxy;
        hanging._inner = inner;
        return proxy;
    }

    /// <summary>Whoever still waits is told that the connection is gone.</summary>
    public void LetGo() => _letGo.TrySetResult();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var returned = targetMethod!.ReturnType;
        if (targetMethod.Name == nameof(IStateDatabase.Migrate) || !typeof(Task).IsAssignableFrom(returned))
            return targetMethod.Invoke(_inner, args);
        if (!returned.IsGenericType)
            return Hang<bool>();
        return typeof(HangingDatabase)
            .GetMethod(nameof(Hang), BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(returned.GetGenericArguments())
            .Invoke(this, null);
    }

    async Task<T> Hang<T>()
    {
        await _letGo.Task;
        throw new IOException("connection gone");
    }
}
