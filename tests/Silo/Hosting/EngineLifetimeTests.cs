using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Who is told to stop while it starts ends its start first, unless that hangs.</summary>
public sealed class EngineLifetimeTests : IDisposable
{
    readonly FakeLife _life = new();
    readonly FakeTimeProvider _time = new();
    readonly TaskCompletionSource _told = new();

    public void Dispose() => _life.Dispose();

    [Fact]
    public async Task A_start_is_not_cut_off_and_what_started_stops()
    {
        using var lifetime = new EngineLifetime(_life, _time);
        var stopping = lifetime.StopWhen(_told.Task);
        _told.SetResult();
        Assert.False(_life.ApplicationStopping.IsCancellationRequested);

        _life.Start();
        await stopping;

        Assert.True(_life.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_start_that_hangs_is_cut_off()
    {
        using var lifetime = new EngineLifetime(_life, _time);
        var stopping = lifetime.StopWhen(_told.Task);
        _told.SetResult();

        _time.Advance(EngineLifetime.StartMayTake);
        await stopping;

        Assert.True(_life.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task What_runs_stops_at_once()
    {
        using var lifetime = new EngineLifetime(_life, _time);
        _life.Start();
        var stopping = lifetime.StopWhen(_told.Task);

        _told.SetResult();
        await stopping;

        Assert.True(_life.ApplicationStopping.IsCancellationRequested);
    }

    sealed class FakeLife : IHostApplicationLifetime, IDisposable
    {
        readonly CancellationTokenSource _started = new();
        readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => _stopping.Cancel();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}
