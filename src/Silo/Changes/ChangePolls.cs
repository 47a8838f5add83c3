namespace ClearanceEngine.Silo.Changes;

/// <summary>Answers polls: what there is, or what comes within the wait.</summary>
sealed class ChangePolls(IHostApplicationLifetime host, TimeProvider time)
{
    /// <summary>A page; an empty one when nothing came, or the engine stops: its reader asks another silo from the same place.</summary>
    public async Task<ChangePage> Read(
        ChangeReader reader,
        ChangeQuestion question,
        CancellationToken cancellationToken
    )
    {
        var since = time.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            host.ApplicationStopping
        );
        while (true)
        {
            var news = reader.News;
            var events = await reader.Next(question.Limit, cancellationToken);
            var left = question.Wait - time.GetElapsedTime(since);
            if (events.Count > 0 || left <= TimeSpan.Zero || ending.IsCancellationRequested)
                return new ChangePage(events, reader.Cursor);

            await Pause.Until(news, left, time, ending.Token);
        }
    }
}
