using System.Collections.Immutable;
using System.Reflection;
using System.Threading.Channels;
using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>A grain that does not answer: what its caller is told, and that nothing of the request goes on after that.</summary>
public sealed class AbandonedRequestTests
{
    const string Platform = "9999900001",
        Parcel = $"api/v1/parcels/{Platform}/STORED";

    static readonly ParcelView View = new(
        Platform,
        "STORED",
        null,
        null,
        0,
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
        null,
        null
    );

    readonly SilentParcel _parcel = SilentParcel.Make();

    [Fact]
    public async Task A_request_that_is_given_up_touches_nothing_of_the_next_one_on_its_connection()
    {
        await using var door = await Start("00:00:03");
        var (first, second) = (
            new TaskCompletionSource<ParcelView?>(),
            new TaskCompletionSource<ParcelView?>()
        );
        var answers = new Queue<Task>([first.Task, second.Task]);
        _parcel.Answer = _ => answers.Dequeue();
        using var connection = await RawRequest.Connect(door);

        await connection.Send(Request(door, "POST", "/departed", SignedIn.Developer));
        Assert.Equal(nameof(IParcelGrain.Show), await _parcel.Called());
        var away = await connection.Answer();
        Assert.StartsWith("HTTP/1.1 503 ", away, StringComparison.Ordinal);
        Assert.Contains("nothing was done", away, StringComparison.Ordinal);

        // The same connection, and so the same context of the server: another caller, who only looks.
        await connection.Send(Request(door, "GET", "", "operator"));
        Assert.Equal(nameof(IParcelGrain.Show), await _parcel.Called());
        first.SetResult(View);
        Assert.True(_parcel.IsLeftAlone);

        second.SetResult(View);
        Assert.StartsWith("HTTP/1.1 200 ", await connection.Answer(), StringComparison.Ordinal);
        Assert.True(_parcel.IsLeftAlone);
    }

    [Theory]
    [InlineData("/ask", nameof(IParcelGrain.Ask))]
    [InlineData("/resend?document=list", nameof(IParcelGrain.Resend))]
    public async Task An_act_that_was_handed_on_may_be_done_and_its_caller_is_told_so(
        string act,
        string method
    )
    {
        await using var door = await Start("00:00:01");
        _parcel.Answer = name =>
            name switch
            {
                nameof(IParcelGrain.Show) => Task.FromResult<ParcelView?>(View),
                nameof(IParcelGrain.Ask) => new TaskCompletionSource<bool>().Task,
                _ => new TaskCompletionSource<Problem?>().Task,
            };

        using var answer = await door.Http.PostAsync(new Uri(Parcel + act, UriKind.Relative), null);

        var problem = await DoorAnswersTests.Problem(answer, 503, "part-away");
        Assert.Equal(nameof(IParcelGrain.Show), await _parcel.Called());
        Assert.Equal(method, await _parcel.Called());
        var detail = problem.GetProperty("detail").GetString();
        Assert.Contains("may be done", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was done", detail, StringComparison.Ordinal);
    }

    async Task<DoorHost> Start(string timeout)
    {
        var door = await DoorHost.Start($"--Door:Timeout={timeout}");
        await door.Store("parcel", "p/STORED");
        door.Grains.Parcel = _parcel.Grain;
        return door;
    }

    static string Request(DoorHost door, string method, string act, string account) =>
        $"{method} /{Parcel}{act} HTTP/1.1\r\nHost: door\r\nAuthorization: {SignedIn.Header(door.Directory, account)}\r\nContent-Length: 0\r\n\r\n";
}

/// <summary>A parcel that answers when its test says so.</summary>
public class SilentParcel : DispatchProxy
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    public IParcelGrain Grain { get; private set; } = null!;

    /// <summary>What a method answers, by its name.</summary>
    public Func<string, Task> Answer { get; set; } = _ => throw new InvalidOperationException();

    /// <summary>True when there was no call but those that the test has read.</summary>
    public bool IsLeftAlone => !_calls.Reader.TryPeek(out _);

    public static SilentParcel Make()
    {
        var grain = Create<IParcelGrain, SilentParcel>();
        var proxy = (SilentParcel)(object)grain;
        proxy.Grain = grain;
        return proxy;
    }

    /// <summary>The next method that is called; a request that never comes so far ends the wait.</summary>
    public async Task<string> Called()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        late.CancelAfter(Patience);
        return await _calls.Reader.ReadAsync(late.Token);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calls.Writer.TryWrite(targetMethod!.Name);
        return Answer(targetMethod.Name);
    }
}
