using System.Globalization;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>The host's verbs for clients, as an administrator types them.</summary>
public sealed class ClientsVerbTests : IDisposable
{
    readonly StringWriter _output = new(CultureInfo.InvariantCulture);
    readonly StringWriter _error = new(CultureInfo.InvariantCulture);
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("clearance-clients-");

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_client_is_added_listed_and_taken_out_and_the_trail_has_who_did_it_and_why()
    {
        Assert.Equal(
            ExitCode.Done,
            await Run(
                "clients",
                "add",
                "acme",
                "--role",
                "company",
                "--participant",
                SampleParcel.Platform,
                "--reason",
                "New ERP"
            )
        );
        var secret = _output.ToString().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Equal(43, secret.Length);
        Assert.Equal(ExitCode.Done, await Run("clients", "list"));
        Assert.Contains(
            $"acme  启用 enabled  company  {SampleParcel.Platform}",
            _output.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.Done, await Run("clients", "rotate", "acme"));
        Assert.Equal(ExitCode.Done, await Run("clients", "disable", "acme"));
        Assert.Equal(ExitCode.Done, await Run("clients", "enable", "acme"));
        Assert.Equal(ExitCode.Done, await Run("clients", "remove", "acme"));
        Assert.Equal(ExitCode.Refused, await Run("clients", "remove", "acme"));

        Assert.Equal(
            [
                "add asked",
                "add done",
                "rotate asked",
                "rotate done",
                "disable asked",
                "disable done",
                "enable asked",
                "enable done",
                "remove asked",
                "remove done",
                "remove asked",
                "remove refused",
            ],
            Trail("detail || ' ' || outcome")
        );
        Assert.All(Trail("subject"), subject => Assert.Equal("client/acme", subject));
        Assert.All(Trail("actor_kind"), kind => Assert.Equal("host", kind));
        Assert.Equal(["New ERP", "New ERP"], Trail("reason"));
        Assert.All(Trail("*"), line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_is_added_listed_reset_and_taken_out()
    {
        string[] name = ["accounts", "add", "li.na", "--role", "administrator"];
        Assert.Equal(ExitCode.Done, await Run([.. name, "--reason", "First administrator"]));
        var password = _output.ToString().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Equal(ExitCode.Refused, await Run(name));
        Assert.Equal(ExitCode.Done, await Run("accounts", "list"));
        Assert.Contains(
            "li.na  待首次登录 new  administrator  -",
            _output.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.Done, await Run("accounts", "reset", "li.na", "--second-factor"));
        foreach (var verb in (string[])["unlock", "disable", "enable", "remove"])
            Assert.Equal(ExitCode.Done, await Run("accounts", verb, "li.na"));

        Assert.All(Trail("subject"), subject => Assert.Equal("account/li.na", subject));
        Assert.Contains("reset with second factor done", Trail("detail || ' ' || outcome"));
        Assert.All(Trail("*"), line => Assert.DoesNotContain(password, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("accounts add li.na --role company", "--participant")]
    [InlineData("accounts reset nobody", "no account nobody")]
    [InlineData("clients add Acme --role operator", "lower-case")]
    [InlineData("clients add acme", "--role")]
    [InlineData("clients add acme --role king", "no role king")]
    [InlineData("clients add acme --role company", "--participant")]
    [InlineData("clients add acme --role company --participant 0000000000", "no participant 0000000000")]
    [InlineData("clients rotate acme", "no client acme")]
    [InlineData("clients add acme --role operator --reason  ", "--reason")]
    public async Task What_cannot_be_is_refused_in_a_line(string line, string named)
    {
        var words = line.EndsWith("--reason  ", StringComparison.Ordinal)
            ? [.. line.Trim().Split(' '), " "]
            : line.Split(' ');

        Assert.Equal(ExitCode.Refused, await Run(words));
        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_without_accounts_of_its_own_says_how_it_gets_them()
    {
        Assert.Equal(
            ExitCode.Refused,
            await HostCommandLine.Run(
                ["clients", "list", $"--Engine:DataDirectory={_directory.FullName}"],
                _output,
                _error
            )
        );
        Assert.Contains("Access:Accounts:Issuer", _error.ToString(), StringComparison.Ordinal);
    }

    Task<ExitCode> Run(params string[] words) =>
        HostCommandLine.Run(
            [.. words, $"--Engine:DataDirectory={_directory.FullName}", .. AccountsDoor.Settings],
            _output,
            _error
        );

    /// <summary>A column of each entry that has it, in the order of the trail.</summary>
    List<string> Trail(string column)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_directory.FullName, "clearance.db")};Pooling=false"
        );
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own columns.
        command.CommandText = $"SELECT {column} FROM audit_entry ORDER BY rowid";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            if (row[0] is not DBNull)
                values.Add(string.Join(' ', row));
        }
        return values;
    }
}
