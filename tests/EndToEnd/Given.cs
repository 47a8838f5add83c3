using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ClearanceEngine.Tests;

/// <summary>What an engine of a test is given: a port, a key, a database of its own.</summary>
static class Given
{
    public static int Port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A client of the engine's door, signed in as its developer.</summary>
    public static HttpClient Http(WebApplication app) =>
        new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/") }.SignIn(
            app.Services.GetRequiredService<EngineOptions>().DataDirectory
        );

    /// <summary>32 bytes, as base64.</summary>
    public static string Key(byte fill) => Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());

    /// <summary>The connection string of a new database on the PostgreSQL of the tests.</summary>
    public static async Task<string> Database()
    {
        var name = $"e2e_{Guid.NewGuid():N}";
        await using (var source = NpgsqlDataSource.Create(Parts.Postgres!))
        await using (var command = source.CreateCommand($"CREATE DATABASE {name}"))
            await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Parts.Postgres!) { Database = name }.ConnectionString;
    }
}
