using System.Net;
using Microsoft.AspNetCore.Http;

namespace ClearanceEngine.Silo.Settings;

/// <summary>Where the web server is to listen, by whichever of its settings decides. Pure.</summary>
static class ListeningAddresses
{
    /// <summary>Kestrel's own endpoints come before <c>Urls</c>, and these before bare ports, which are those of every address.</summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        string[] endpoints =
        [
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? e.Path),
        ];
        if (endpoints.Length > 0)
            return endpoints;
        if (Split(configuration["Urls"]) is { Length: > 0 } urls)
            return urls;
        return
        [
            .. Split(configuration["HTTP_PORTS"]).Select(port => $"http://*:{port}"),
            .. Split(configuration["HTTPS_PORTS"]).Select(port => $"https://*:{port}"),
        ];
    }

    /// <summary>False for what cannot be read, too: it is refused elsewhere, or may be anything.</summary>
    public static bool IsLoopback(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);
            if (parsed.IsUnixPipe || parsed.IsNamedPipe)
                return true;
            return parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
