using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// Tells the log that the token cannot be used: at once, then once a minute at most however often it is looked for, and when
/// it is back.
/// </summary>
sealed partial class TokenAbsence(TimeProvider time, ILogger logger)
{
    readonly OnceAMinute _away = new(time);
    readonly OnceAMinute _unfit = new(time);

    /// <summary>It does not answer, or what it is asked fails.</summary>
    public void Away(string reason)
    {
        if (_away.IsDue())
            LogTokenAway(reason);
    }

    /// <summary>It answers, and cannot sign as it is set up.</summary>
    public void Unfit(string reason)
    {
        if (_unfit.IsDue())
            LogTokenUnfit(reason);
    }

    /// <summary>It was looked for and is there.</summary>
    public void Ended()
    {
        var wasAway = _away.End();
        var wasUnfit = _unfit.End();
        if (wasAway || wasUnfit)
            LogTokenBack();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The signing token is away: {Reason} Documents wait; it goes on by itself when the token is back."
    )]
    partial void LogTokenAway(string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The signing token cannot be used as it is set up: {Reason} Documents wait until an operator corrects it."
    )]
    partial void LogTokenUnfit(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The signing token is back; it signs again.")]
    partial void LogTokenBack();
}
