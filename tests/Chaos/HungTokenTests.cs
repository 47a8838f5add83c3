using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>
/// A token that answers nothing and never returns: a process of its own holds the locks that SoftHSM takes in each call.
/// Only what needs the token waits, and the engine ends all the same.
/// </summary>
public sealed class HungTokenTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-hung-").FullName;
    readonly List<FileStream> _locks = [];
    readonly int _broker = Ports.Free();
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        LetGo();
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_token_that_hangs_holds_up_only_what_it_must_sign_and_not_the_end()
    {
        Parts.Require(File.Exists(Parts.SoftHsm), "No SoftHSM");
        using var silo = Silo();
        silo.Start();
        await silo.Ready(TimeSpan.FromSeconds(60));
        using var topics = new Topics($"127.0.0.1:{_broker}");
        var first = Parcel("HUNG-1");
        Assert.Equal(
            HttpStatusCode.OK,
            await Post(silo, CebWriter.Write(SampleParcel.Message(first.Order())))
        );
        var signed = await Leaves(topics, "CEB311Message", first.OrderNo);

        Hang();
        await Says(silo, "has not answered");
        // Of an unsigned sender: taken in, sent to customs, and answered by customs.
        var second = Parcel("HUNG-2");
        var payment = CebWriter.Write(SampleParcel.Message(second.Payment()));
        Assert.Equal(HttpStatusCode.OK, await Post(silo, payment));
        await Leaves(topics, "CEB411Message", second.OrderNo);
        await Leaves(topics, "CEB412Message", $"PAY{second.Serial}", "receipts.");
        // Signed with a key that the token showed before: known for what it is, and answered.
        Assert.Equal(HttpStatusCode.OK, await Post(silo, signed));
        // What must be signed is taken in and waits.
        Assert.Equal(
            HttpStatusCode.OK,
            await Post(silo, CebWriter.Write(SampleParcel.Message(second.Order())))
        );
        Assert.Empty(topics.Read("dead-letters"));

        LetGo();
        await Leaves(topics, "CEB311Message", second.OrderNo);
        Hang();
        await Says(silo, "has not answered");
        Assert.Equal(0, await silo.Terminate(TimeSpan.FromSeconds(40)));
    }

    EngineProcess Silo()
    {
        var configuration = SoftHsmToken.Make(_directory, "clearance", "1234");
        var url = $"http://127.0.0.1:{Ports.Free()}";
        return new EngineProcess(
            "silo",
            Path.Combine(_directory, "silo.log"),
            [
                $"--Urls={url}",
                $"--Engine:DataDirectory={_directory}/data",
                $"--Engine:DevelopmentBrokerPort={_broker}",
                $"--Engine:SiloPort={Ports.Free()}",
                $"--Engine:ParticipantsFile={Participants()}",
                "--Engine:AllowDevelopmentParts=Broker,Database,Simulator,Identity",
                "--Engine:Simulator=true",
                "--Simulator:VerifySignatures=false",
                "--Hsm:Provider=Pkcs11",
                $"--Hsm:ModulePath={Parts.SoftHsm}",
                "--Hsm:TokenLabel=clearance",
                "--Hsm:Pin=1234",
                "--Hsm:Timeout=00:00:02",
                "--Hsm:LookupTime=00:00:01",
                "--SigningPool:LeaseLength=00:00:06",
                "--Recovery:Period=00:00:01",
                "--Recovery:LongestRest=00:00:05",
                "--Parcel:RedriveAfter=00:00:02",
            ],
            url,
            new Dictionary<string, string> { ["SOFTHSM2_CONF"] = configuration }
        );
    }

    /// <summary>The development set, in which the payment company sends unsigned messages and nobody signs for it.</summary>
    string Participants()
    {
        using var embedded = typeof(Participants.ParticipantRegistry).Assembly.GetManifestResourceStream(
            "ClearanceEngine.Participants.development-participants.json"
        )!;
        var all = JsonNode.Parse(embedded)!.AsArray();
        all.Single(p => (string?)p!["code"] == SampleParcel.Payer)!["signing"] = "none";
        var file = Path.Combine(_directory, "participants.json");
        File.WriteAllText(file, all.ToJsonString());
        return file;
    }

    static SampleParcel Parcel(string orderNo) =>
        new()
        {
            OrderNo = orderNo,
            Mode = "1210",
            Person = 11,
            Serial = orderNo[^1..],
            At = DateTimeOffset.UtcNow.AddHours(-1),
        };

    void Hang() =>
        _locks.AddRange(
            Directory.EnumerateFiles(_directory, "generation", SearchOption.AllDirectories).Select(LockWhole)
        );

    static FileStream LockWhole(string file)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
#pragma warning disable CA1416 // SoftHSM locks as Linux does, and so do we.
        stream.Lock(0, 0);
#pragma warning restore CA1416
        return stream;
    }

    void LetGo()
    {
        _locks.ForEach(l => l.Dispose());
        _locks.Clear();
    }

    async Task<HttpStatusCode> Post(EngineProcess silo, byte[] message)
    {
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        _http.SignIn(silo.DataDirectory);
        return (await _http.PostAsync(new Uri($"{silo.Url}/ceb"), content)).StatusCode;
    }

    static async Task<byte[]> Leaves(Topics topics, string root, string key, params string[] on)
    {
        if (on.Length == 0)
            on = [TopicNames.Outbound];
        for (var end = DateTime.UtcNow.AddSeconds(20); DateTime.UtcNow < end; await Task.Delay(100))
        {
            foreach (var record in topics.Read(on))
            {
                var text = Encoding.UTF8.GetString(record.Value);
                if (
                    text.Contains(root, StringComparison.Ordinal)
                    && text.Contains(key, StringComparison.Ordinal)
                )
                    return record.Value;
            }
        }
        Assert.Fail($"No {root} of {key} on {string.Join(", ", on)}.");
        return [];
    }

    static async Task Says(EngineProcess silo, string text)
    {
        (HttpStatusCode, string)? said = null;
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(100))
        {
            said = await silo.Get("health/ready");
            // In service all the same.
            if (said is (HttpStatusCode.OK, var body) && body.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"Readiness never said \"{text}\". Last: {said}\n{silo.Tail()}");
    }
}
