using System.Net;
using System.Text;
using ClearanceEngine.Client;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;
using Xunit;

namespace ClearanceEngine.Tests.Terminal;

/// <summary>A verb as a pipe gets it: no colour, <see cref="Consoles.PipedWidth"/> wide; HTTP is answered from a script.</summary>
static class PipedRun
{
    public static async Task<(int Code, string Output)> Of(
        Func<HttpRequestMessage, (HttpStatusCode Status, string Body)> answer,
        params string[] arguments
    )
    {
        var output = new StringWriter();
        using var handler = new Answering(answer);
        var code = await CommandLine.Run(arguments, Consoles.Plain(output), Bare(handler));
        return (code, output.ToString());
    }

    /// <summary>No variable is set, and no user's own file of settings is read.</summary>
    public static Surroundings Bare(HttpMessageHandler? handler = null) =>
        new(handler, TimeProvider.System, _ => null);

    public static Task<(int Code, string Output)> Of(string body, params string[] arguments) =>
        Of(_ => (HttpStatusCode.OK, body), arguments);

    /// <summary>What a renderable prints in so many cells.</summary>
    public static string Printed(IRenderable renderable, int width)
    {
        var output = new StringWriter();
        var console = Consoles.Plain(output);
        console.Profile.Width = width;
        console.Write(renderable);
        return output.ToString();
    }

    /// <summary>No line is wider, none ends in blanks, and nothing drives the terminal.</summary>
    public static void Fits(string output, int width = Consoles.PipedWidth)
    {
        Assert.True(ReferenceEquals(VisibleText.Lines(output), output), VisibleText.Lines(output));
        foreach (var line in output.Split('\n'))
        {
            Assert.True(new Segment(line).CellCount() <= width, $"{new Segment(line).CellCount()}: {line}");
            Assert.Equal(line.TrimEnd(), line);
        }
    }

    sealed class Answering(Func<HttpRequestMessage, (HttpStatusCode Status, string Body)> answer)
        : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var (status, body) = answer(request);
            return Task.FromResult(
                new HttpResponseMessage(status)
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                }
            );
        }
    }
}
