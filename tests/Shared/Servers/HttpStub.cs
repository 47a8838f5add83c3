using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClearanceEngine.Tests;

/// <summary>What a request brought.</summary>
/// <param name="Path">Its path with its query.</param>
/// <param name="Authorization">Its header; null where there was none.</param>
/// <param name="Body">Its body.</param>
sealed record SeenRequest(string Path, string? Authorization, string Body);

/// <summary>What is answered; <c>{self}</c> in the body is the server's own address.</summary>
sealed record StubAnswer(string Body, HttpStatusCode Status = HttpStatusCode.OK, string? Location = null);

/// <summary>A server on loopback that answers by path, and remembers who asked with what.</summary>
sealed class HttpStub : IDisposable
{
    readonly HttpListener _listener = new();
    readonly ConcurrentQueue<SeenRequest> _seen = new();
    readonly Task _serving;

    public HttpStub()
    {
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
        }
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>Without a slash at its end.</summary>
    public string Url { get; }

    /// <summary>By path; what is not there is 404.</summary>
    public ConcurrentDictionary<string, StubAnswer> Answers { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    /// <summary>The header of the latest request.</summary>
    public string? LastAuthorization => Seen[^1].Authorization;

    public void Dispose()
    {
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _listener.Close();
    }

    async Task Serve()
    {
        try
        {
            while (true)
                await Answer(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
        {
            // Stopped: while it was waited for a request, or (InvalidOperationException, ObjectDisposedException) between two.
            if (_listener.IsListening)
                throw;
        }
    }

    async Task Answer(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var (body, path) = (await reader.ReadToEndAsync(), context.Request.Url!.AbsolutePath);
        _seen.Enqueue(
            new SeenRequest(context.Request.Url.PathAndQuery, context.Request.Headers["Authorization"], body)
        );

        var answer = Answers.GetValueOrDefault(path) ?? new StubAnswer("{}", HttpStatusCode.NotFound);
        context.Response.StatusCode = (int)answer.Status;
        if (answer.Location is { } location)
            context.Response.Headers["Location"] = location;
        var text = answer.Body.Replace("{self}", Url, StringComparison.Ordinal);
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }
}
