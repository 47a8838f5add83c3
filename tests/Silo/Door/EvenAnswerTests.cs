using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>No clock tells whether a parcel that is not the caller's is there.</summary>
public sealed class EvenAnswerTests : IDisposable
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100),
        Patience = TimeSpan.FromSeconds(60);

    readonly TestIssuer _issuer = new();
    readonly WatchedTime _time = new();

    public void Dispose() => _issuer.Dispose();

    [Theory]
    [InlineData("api/v1/parcels/9999900001/NOBODYS", 0)]
    [InlineData("api/v1/parcels/9999900001/ANOTHERS", 0)]
    [InlineData("api/v1/parcels/9999900001/ANOTHERS", 70)]
    [InlineData("api/v1/parcels/9999900001/ANOTHERS", 250)]
    [InlineData("api/v1/parcels?waybill=W-1&company=9999900003", 0)]
    public async Task Who_sees_its_own_alone_waits_as_long_for_what_is_anothers_as_for_what_is_not_there(
        string path,
        int grainTakes
    )
    {
        await using var door = await Start(_issuer.Token("company", SampleParcel.Payer), grainTakes);

        var asked = door.Http.GetAsync(new Uri(path, UriKind.Relative));
        var rest = await _time.Awaited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, (rest + TimeSpan.FromMilliseconds(grainTakes)).Ticks % Step.Ticks);
        Assert.False(asked.IsCompleted);

        _time.Advance(rest);
        using var answer = await asked;
        await DoorAnswersTests.Problem(answer, 404, "parcel-not-found");
    }

    [Fact]
    public async Task Who_sees_all_waits_for_nothing()
    {
        await using var door = await Start(_issuer.Token("operator"), 0);
        using var answer = await door.Http.GetAsync(
            new Uri("api/v1/parcels/9999900001/NOBODYS", UriKind.Relative)
        );
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    async Task<DoorHost> Start(string token, int grainTakes)
    {
        var door = await DoorHost.Start(_time, _issuer.Settings);
        door.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await door.Store("parcel", "p/ANOTHERS");
        door.Grains.Parcel = Stranger.Make(() => _time.Advance(TimeSpan.FromMilliseconds(grainTakes)));
        return door;
    }

    /// <summary>Tells how long an answer is held back.</summary>
    sealed class WatchedTime() : FakeTimeProvider(DateTimeOffset.UtcNow)
    {
        readonly TaskCompletionSource<TimeSpan> _awaited = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public Task<TimeSpan> Awaited => _awaited.Task;

        public override ITimer CreateTimer(
            TimerCallback callback,
            object? state,
            TimeSpan dueTime,
            TimeSpan period
        )
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero && dueTime <= Step)
                _awaited.TrySetResult(dueTime);
            return timer;
        }
    }

    /// <summary>A grain that has nothing for whoever asks, after a while.</summary>
    public class Stranger : DispatchProxy
    {
        Action _takeTime = () => { };

        public static IParcelGrain Make(Action takeTime)
        {
            var grain = Create<IParcelGrain, Stranger>();
            ((Stranger)(object)grain)._takeTime = takeTime;
            return grain;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            _takeTime();
            return Task.FromResult<ParcelView?>(null);
        }
    }
}
