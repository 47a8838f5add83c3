using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Answers polls: what there is, or what comes within the wait.</summary>
sealed class ChangePolls(
    CredentialCheck credentials,
    ChangesOptions options,
    IHostApplicationLifetime host,
    TimeProvider time
)
{
    /// <summary>
    /// A page; an empty one when nothing came, or the engine stops: its reader asks another silo from the same place. Null for whom
    /// the credential served no more when the page was there.
    /// </summary>
    public async Task<ChangePage?> Read(ChangeReader reader, ChangeQuestion question, HttpContext context)
    {
        var since = time.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            host.ApplicationStopping
        );
        while (true)
        {
            var news = reader.News;
            var events = await reader.Next(question.Limit, context.RequestAborted);
            var waited = time.GetElapsedTime(since);
            if (events.Count > 0 || waited >= question.Wait || ending.IsCancellationRequested)
                return waited < options.LookAgain || await credentials.StillMay(context, reader.Participant)
                    ? new ChangePage(events, reader.Cursor)
                    : null;

            await Pause.Until(news, question.Wait - waited, time, ending.Token);
        }
    }
}
