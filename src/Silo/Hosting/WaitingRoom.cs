namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Answers at the engine's addresses while parts that it cannot start without are away: alive, not ready, and why. It
/// opens with the first part that is missed and must be closed before the engine takes the addresses.
/// </summary>
/// <param name="urls">Addresses, separated by semicolons; null for those that are the default.</param>
sealed class WaitingRoom(string? urls) : IAsyncDisposable
{
    volatile string _text = "";
    Task<WebApplication>? _app;

    /// <summary>What is waited for; empty when nothing was missed.</summary>
    public string Text => _text;

    /// <summary>What is waited for now.</summary>
    public void Say(string text)
    {
        _text = text;
        _app ??= Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is null)
            return;
        var app = await _app;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    async Task<WebApplication> Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // The room must not answer the signals that are meant for the engine: it would close, and nothing would end.
        builder.Services.AddSingleton<IHostLifetime, Guest>();
        if (urls is not null)
            builder.WebHost.UseUrls(urls.Split(';'));
        var app = builder.Build();
        app.MapGet("/health/live", () => Results.Ok());
        // The framework's own fallback leaves out what looks like a file: an order number with a point in it would be 404.
        app.MapFallback("{**path}", context =>
        {
            context.Response.Headers.RetryAfter = "5";
            return Results
                .Problem(
                    $"尚未就绪。{_text}",
                    statusCode: StatusCodes.Status503ServiceUnavailable,
                    title: "starting"
                )
                .ExecuteAsync(context);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Ends when its host says so.</summary>
    sealed class Guest : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
