using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Tests.Storage;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>The engine starts only with the keys that its database depends on.</summary>
public sealed class KeyGuardTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-keys-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("Identity:HmacKey")]
    [InlineData("Storage:Keys:Ring:1")]
    public async Task Another_key_on_the_same_database_does_not_start(string changed)
    {
        await Prepare(Keys());

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            Prepare([.. Keys(), $"--{changed}={Key(9)}"])
        );
        var fault = Assert.Single(refused.Failures);
        Assert.StartsWith($"{changed} 不是", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Key(9), fault, StringComparison.Ordinal);
        await Prepare(Keys());
    }

    [Fact]
    public async Task The_refusal_is_a_line_and_exit_code_2()
    {
        await Prepare(Keys());
        using var error = new StringWriter();

        var run = HostCommandLine.Run(
            ["run", .. Settings(Keys()), $"--Identity:HmacKey={Key(9)}", $"--Urls=http://127.0.0.1:{Free()}"],
            TextWriter.Null,
            error
        );
        Assert.Equal(ExitCode.Unusable, await run.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.StartsWith(
            "无法启动 cannot start: Identity:HmacKey 不是",
            error.ToString(),
            StringComparison.Ordinal
        );
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    /// <summary>As the start would end, so that a script can ask before it starts.</summary>
    [Theory]
    [InlineData("Identity:HmacKey", "Identity:HmacKey 不是")]
    [InlineData("Storage:Keys:Ring:1", "Storage:Keys:Ring:1 不是")]
    public async Task Another_key_is_shown_as_a_line_and_exit_code_2(string changed, string told)
    {
        await Prepare(Keys());
        Assert.Equal((ExitCode.Done, ""), await Show(Keys()));

        var (code, error) = await Show([.. Keys(), $"--{changed}={Key(9)}"]);
        Assert.Equal(ExitCode.Unusable, code);
        Assert.StartsWith($"无法启动 cannot start: {told}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_key_that_is_missing_is_shown_as_a_line_and_exit_code_2()
    {
        string[] both = [.. Keys(), $"--Storage:Keys:Ring:2={Key(3)}"];
        await Prepare([.. both, "--Storage:Keys:Current=2"]);

        var (code, error) = await Show(Keys());
        Assert.Equal(ExitCode.Unusable, code);
        Assert.StartsWith(
            "无法启动 cannot start: 缺少密钥 Storage:Keys:Ring:2",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal((ExitCode.Done, ""), await Show([.. both, "--Storage:Keys:Current=2"]));
    }

    [Fact]
    public async Task The_ring_grows_turns_and_keeps_its_old_key()
    {
        string[] both = [.. Keys(), $"--Storage:Keys:Ring:2={Key(3)}"];
        await Prepare(Keys());
        await Prepare(both);
        await Prepare(Keys());
        await Prepare([.. both, "--Storage:Keys:Current=2"]);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Prepare(Keys()));
        Assert.Contains("缺少密钥 Storage:Keys:Ring:2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_let_go_only_while_nothing_needs_it()
    {
        await Prepare(Keys());
        Assert.Equal(ExitCode.Refused, await Forget("Storage:Keys:Ring:1", Keys()));
        Assert.Equal(ExitCode.Refused, await Forget("Identity:Nothing", Keys()));

        await Write("subscriber");
        Assert.Equal(ExitCode.Refused, await Forget("Identity:HmacKey", Keys()));
        await Execute("DELETE FROM grain_state");
        Assert.Equal(ExitCode.Done, await Forget("Identity:HmacKey", Keys()));
        await Prepare([.. Keys(), $"--Identity:HmacKey={Key(9)}"]);

        string[] turned =
        [
            .. Keys(),
            $"--Identity:HmacKey={Key(9)}",
            $"--Storage:Keys:Ring:2={Key(3)}",
            "--Storage:Keys:Current=2",
        ];
        await Prepare(turned);
        await Write("signed-message");
        Assert.Equal(ExitCode.Refused, await Forget("Storage:Keys:Ring:1", turned));
        await Execute("DELETE FROM grain_state");
        Assert.Equal(ExitCode.Done, await Forget("storage:keys:ring:1", turned));
    }

    [Fact]
    public async Task A_key_file_that_is_gone_while_its_database_is_there_is_named_and_no_other_is_made()
    {
        await Prepare();
        var file = Path.Combine(_directory, "keys.json");
        var keys = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        File.Delete(file);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => Prepare());
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_directory, "clearance.db"), refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));

        await File.WriteAllTextAsync(file, keys, TestContext.Current.CancellationToken);
        await Prepare();
    }

    [Fact]
    public async Task Another_key_file_is_named()
    {
        await Prepare();
        var file = Path.Combine(_directory, "keys.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{"StateKey":"{{Key(8)}}","IdentityKey":"{{Key(9)}}"}""",
            TestContext.Current.CancellationToken
        );

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Prepare());
        Assert.Equal(2, refused.Failures.Count());
        Assert.All(refused.Failures, f =>
            Assert.Contains($"the one from {file}", f, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Of_two_silos_that_start_on_an_empty_PostgreSQL_with_different_keys_one_starts()
    {
        await using var database = (PostgreSqlTestDatabase)await PostgreSqlTestDatabase.Create();
        byte[] fills = [1, 2, 3, 4];

        var starts = await Task.WhenAll(
            fills.Select(f => Task.Run(() => Starts(database.ConnectionString, f)))
        );

        Assert.Equal(1, starts.Count(s => s));
        Assert.True(await Starts(database.ConnectionString, fills[Array.IndexOf(starts, true)]));
        Assert.Equal(2, (await database.Query("SELECT name FROM key_fingerprint")).Count);
    }

    async Task<bool> Starts(string connectionString, byte fill)
    {
        try
        {
            await Prepare(
                "--Storage:Provider=PostgreSql",
                $"--Storage:ConnectionString={connectionString}",
                "--Engine:AllowDevelopmentParts=Broker,Token,Participants,Identity",
                // The same ring: only one of the keys differs.
                $"--Storage:Keys:Ring:1={Key(1)}",
                $"--Identity:HmacKey={Key(fill)}"
            );
            return true;
        }
        catch (OptionsValidationException)
        {
            return false;
        }
    }

    async Task Prepare(params string[] settings)
    {
        await using var app = EngineHost.Build(Settings(settings));
        await EngineHost.Prepare(app.Services, null, TestContext.Current.CancellationToken);
    }

    async Task<(ExitCode Code, string Error)> Show(string[] settings)
    {
        using var error = new StringWriter();
        var code = await HostCommandLine.Run(["keys", "show", .. Settings(settings)], TextWriter.Null, error);
        return (code, error.ToString());
    }

    Task<ExitCode> Forget(string name, string[] settings) =>
        HostCommandLine.Run(
            ["keys", "forget", name, .. Settings(settings)],
            TextWriter.Null,
            TextWriter.Null
        );

    string[] Settings(string[] settings) =>
        [
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:Simulator=false",
            $"--Engine:SiloPort={Free()}",
            .. settings,
        ];

    /// <summary>A row of this state, as if it had been encrypted with key 1 of the ring.</summary>
    Task Write(string grainType) =>
        Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO grain_state (grain_type, grain_key, version, nonce, payload) VALUES ('{grainType}', 'x', 1, x'00', x'0102')"
            )
        );

    async Task Execute(string sql)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_directory, "clearance.db")};Pooling=false"
        );
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    static string[] Keys() => [$"--Storage:Keys:Ring:1={Key(1)}", $"--Identity:HmacKey={Key(2)}"];

    static string Key(byte fill) => Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());

    static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
