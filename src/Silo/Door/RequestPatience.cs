using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// How long a request's calls of grains and of the store are waited for: <see cref="DoorOptions.Timeout"/>, all of them together. A call
/// that is not answered is left behind; the handler never is, for the server gives its context to the next request of the
/// connection, which may be another caller's.
/// </summary>
sealed class RequestPatience(DoorOptions door, TimeProvider time, CancellationToken aborted)
{
    long _since = time.GetTimestamp();

    /// <summary>True once an act was handed on: it may be done, or be done yet, whatever happens here.</summary>
    public bool HasActed { get; private set; }

    /// <summary>That of a request behind <see cref="PartAwayFilter"/>.</summary>
    public static RequestPatience Of(HttpContext context) =>
        context.Features.GetRequiredFeature<RequestPatience>();

    /// <summary>Begins anew after the body, whose time is its sender's and has a bound of its own.</summary>
    public void Renew() => _since = time.GetTimestamp();

    /// <summary>What a question is answered.</summary>
    /// <exception cref="TimeoutException">It was not answered in time.</exception>
    /// <exception cref="OperationCanceledException">Who asks is gone.</exception>
    public Task<T> Ask<T>(Task<T> question) => question.WaitAsync(Left(), time, aborted);

    /// <summary>Until it is done, which changes nothing of what is asked about.</summary>
    /// <inheritdoc cref="Ask{T}"/>
    public Task Ask(Task work) => work.WaitAsync(Left(), time, aborted);

    /// <summary>What an act is answered, which changes something.</summary>
    /// <inheritdoc cref="Ask{T}"/>
    public Task<T> Act<T>(Task<T> act)
    {
        HasActed = true;
        return Ask(act);
    }

    TimeSpan Left()
    {
        var left = door.Timeout - time.GetElapsedTime(_since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
