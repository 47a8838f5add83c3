using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using ClearanceEngine.Silo.Door;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>Many clients that send large bodies slowly. Full size: <c>CLEARANCE_DOOR_CLIENTS=1000 CLEARANCE_DOOR_BYTES=4194304 CLEARANCE_DOOR_SECONDS=60</c>.</summary>
public sealed class DoorMemoryTests(ITestOutputHelper output)
{
    const int Piece = 16 * 1024;

    /// <summary>What a connection may cost beside its place: what the server buffers by itself, both ends of the socket, tasks.</summary>
    const long ConnectionBytes = 512 * 1024;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Who comes while there is no place, and whose body is not here in time.</summary>
    static readonly string[] Refused = ["429", "408"];

    static readonly int Clients = Setting("CLEARANCE_DOOR_CLIENTS", 100);
    static readonly int Bytes = Setting("CLEARANCE_DOOR_BYTES", 1024 * 1024);
    static readonly TimeSpan Time = TimeSpan.FromSeconds(Setting("CLEARANCE_DOOR_SECONDS", 3));

    [Fact]
    public async Task Many_clients_that_send_large_bodies_slowly_leave_memory_flat()
    {
        var held = 16L * Bytes;
        await using var door = await DoorHost.Start(
            $"--Intake:Limits:MessageBytes={Bytes}",
            $"--Door:ReadingBytes={held}",
            $"--Door:ClientReadingBytes={Bytes}",
            $"--Door:BodyTimeout={Time / 2}"
        );
        var places = door.Services.GetRequiredService<BodyPlaces>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var residentBefore = Environment.WorkingSet;

        var answers = new ConcurrentBag<string>();
        using var over = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, Clients)
            .Select(i => Client(door, i, answers, over.Token))
            .ToArray();
        var (heap, resident, most) = (0L, 0L, 0L);
        var watch = Stopwatch.StartNew();
        // A busy machine is slow to refuse anybody: its clients go on until some were.
        while (watch.Elapsed < Time || (!Refused.All(answers.Contains) && watch.Elapsed < Patience))
        {
            heap = Math.Max(heap, GC.GetTotalMemory(forceFullCollection: true) - before);
            resident = Math.Max(resident, Environment.WorkingSet - residentBefore);
            most = Math.Max(most, places.Bytes);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await over.CancelAsync();
        await Task.WhenAll(clients);

        var statuses = string.Join(
            ", ",
            answers.GroupBy(a => a).OrderBy(g => g.Key).Select(g => $"{g.Count()} x {g.Key}")
        );
        output.WriteLine(
            $"{Clients} clients x {Bytes} bytes over {Time.TotalSeconds} s: places for {most >> 20} of {held >> 20} MiB, heap +{heap >> 20} MiB, resident +{resident >> 20} MiB; {statuses}"
        );
        Assert.InRange(most, 1, held);
        Assert.InRange(heap, 0, held + (Clients * ConnectionBytes));
        Assert.All(Refused, status => Assert.Contains(status, answers));
    }

    /// <summary>Posts, slowly; comes again when it is told to, until the time is over.</summary>
    static async Task Client(DoorHost door, int number, ConcurrentBag<string> answers, CancellationToken over)
    {
        var from = $"127.{1 + (number / 250)}.0.{1 + (number % 250)}";
        while (!over.IsCancellationRequested)
        {
            using var request = await RawRequest.Announce(door, Bytes, from);
            var answer = request.Answer();
            await Send(request, answer, over);
            if (over.IsCancellationRequested && !answer.IsCompleted)
            {
                request.Dispose();
                await answer.ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }
            answers.Add(await Status(answer));
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    static async Task<string> Status(Task<string> answer)
    {
        try
        {
            return (await answer).Split(' ') is [_, var status, ..] ? status : "closed";
        }
        catch (SocketException)
        {
            return "closed";
        }
    }

    /// <summary>A piece now and then, so that no body is whole before the door's patience ends.</summary>
    static async Task Send(RawRequest request, Task answer, CancellationToken over)
    {
        var piece = new byte[Piece];
        var pause = Time / (Bytes / Piece);
        try
        {
            while (!answer.IsCompleted && !over.IsCancellationRequested)
            {
                await request.Send(piece);
                await Task.Delay(pause, CancellationToken.None);
            }
        }
        catch (SocketException)
        {
            // The door has closed; its answer is there.
        }
    }

    static int Setting(string name, int small) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : small;
}
