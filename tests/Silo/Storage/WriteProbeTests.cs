using System.Reflection;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Storage;

/// <summary>Anybody may ask whether a silo is ready, as often as they like; the database is asked once.</summary>
public sealed class WriteProbeTests
{
    static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _time = new();
    readonly WrittenDatabase _database = WrittenDatabase.Make();
    readonly WriteProbe _probe;

    public WriteProbeTests() => _probe = new WriteProbe(_database.Database, _time);

    [Fact]
    public async Task However_many_ask_at_once_the_database_is_asked_once()
    {
        var asked = Enumerable.Range(0, 2_000).Select(_ => Health()).ToList();
        await _database.Asked(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        asked.Add(Health());
        _database.Answer();

        Assert.All(await Task.WhenAll(asked).WaitAsync(Long), h =>
            Assert.Equal(HealthStatus.Healthy, h.Status)
        );
        Assert.Equal(1, _database.Writes);
    }

    [Fact]
    public async Task An_answer_holds_for_a_second_and_no_longer()
    {
        _database.Answer();
        await _probe.Ask().WaitAsync(Long);
        _database.Fault = new IOException("connection refused");
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await _probe.Ask().WaitAsync(Long);
        Assert.Equal(1, _database.Writes);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var health = await Health().WaitAsync(Long);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("the place does not take writes: connection refused", health.Description);
        Assert.Equal(2, _database.Writes);
    }

    [Fact]
    public async Task Who_asks_no_longer_ends_the_question_for_nobody_else()
    {
        using var impatient = new CancellationTokenSource();
        var first = _probe.Ask(impatient.Token);
        var second = _probe.Ask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Long));

        await _database.Asked(1);
        _database.Answer();
        await second.WaitAsync(Long);
        Assert.Equal(1, _database.Writes);
    }

    [Fact]
    public async Task A_database_that_hangs_takes_no_writes_and_is_asked_anew()
    {
        var asked = _probe.Ask();
        await _database.Asked(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => asked.WaitAsync(Long));
        Assert.True(_database.Token.IsCancellationRequested);

        _database.Answer();
        await _probe.Ask().WaitAsync(Long);
        Assert.Equal(2, _database.Writes);
    }

    [Fact]
    public async Task The_door_s_readiness_asks_once_for_all_who_come()
    {
        await using var door = await DoorHost.Start(_time, _database.Over);
        var asked = Enumerable
            .Range(0, 50)
            .Select(_ => door.Http.GetAsync(new Uri("health/ready", UriKind.Relative)))
            .ToList();
        await _database.Asked(1);
        _database.Answer();

        Assert.All(await Task.WhenAll(asked).WaitAsync(Long), a => Assert.True(a.IsSuccessStatusCode));
        Assert.Equal(1, _database.Writes);
    }

    Task<HealthCheckResult> Health() =>
        new StorageHealthCheck(_probe).CheckHealthAsync(new HealthCheckContext());
}

/// <summary>Counts the writes that readiness asks for, and holds them up until it is told to answer.</summary>
public class WrittenDatabase : DispatchProxy
{
    readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IStateDatabase? _inner;
    int _writes;

    public IStateDatabase Database { get; private set; } = null!;

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Of the last one.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>What becomes of writes from now on; null for success.</summary>
    public Exception? Fault { get; set; }

    public static WrittenDatabase Make()
    {
        var proxy = Create<IStateDatabase, WrittenDatabase>();
        var written = (WrittenDatabase)(object)proxy;
        written.Database = proxy;
        return written;
    }

    /// <summary>All else is done by this one.</summary>
    public IStateDatabase Over(IStateDatabase inner)
    {
        _inner = inner;
        return Database;
    }

    public void Answer() => _answer.TrySetResult();

    /// <summary>Returns when so many writes were asked for.</summary>
    public async Task Asked(int writes)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); Writes < writes; await Task.Delay(5))
            Assert.True(DateTime.UtcNow < deadline, $"{Writes} of {writes} writes within a minute.");
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name switch
        {
            nameof(IStateDatabase.TryWrite) => TryWrite((CancellationToken)args![0]!),
            "get_Place" => "the place",
            _ => targetMethod.Invoke(_inner!, args),
        };

    Task TryWrite(CancellationToken token)
    {
        Interlocked.Increment(ref _writes);
        Token = token;
        return Fault is { } fault ? Task.FromException(fault) : _answer.Task;
    }
}
