using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance watch</c>: what is handed on to a participant, as it comes, until it is stopped.</summary>
static class WatchVerb
{
    public const string Name = "watch";

    /// <summary>A poll waits so long for its first event; an answer without one is as good as any.</summary>
    const int WaitSeconds = 25;

    /// <summary>Before an engine is asked again that was out of reach, or full.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>One event a line.</summary>
    static readonly JsonSerializerOptions Line = new(ClearanceClient.Json) { WriteIndented = false };

    public static Command Command(VerbHost host)
    {
        var participant = new Option<string?>("--participant")
        {
            Description = "企业代码 code of the participant, for who speaks for several",
        };
        var after = new Option<string>("--after")
        {
            Description = "起点 where to begin: oldest, latest, or a cursor",
            DefaultValueFactory = _ => "latest",
        };
        var command = new Command(
            Name,
            "跟踪企业收到的回执，直至中止 the receipts of a participant as they come, until it is stopped"
        )
        {
            participant,
            after,
        };
        host.SetAction(command, call => Watch(call, call.Value(participant), call.Value(after)!));
        return command;
    }

    /// <summary>Goes on by itself where it was: an engine that stops, or is not there for a while, loses nothing.</summary>
    static async Task<int> Watch(VerbCall call, string? participant, string after)
    {
        var hasHeard = false;
        while (true)
        {
            try
            {
                var page = await call.Client.Changes(participant, after, WaitSeconds, call.Token);
                foreach (var change in page.Events)
                    Draw(call, change);
                (after, hasHeard) = (page.Next, true);
            }
            catch (Exception e) when (hasHeard && IsPassing(e))
            {
                await Task.Delay(Rest, call.Time, call.Token);
            }
        }
    }

    /// <summary>Whoever was answered once may wait; a first question that fails is a wrong address, or a wrong word.</summary>
    static bool IsPassing(Exception error) =>
        error
            is HttpRequestException
                or ClearanceException
                {
                    Status: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
                };

    static void Draw(VerbCall call, JsonElement change)
    {
        if (call.AsJson)
        {
            call.Raw(JsonSerializer.Serialize(change, Line));
            return;
        }

        var at = Words.Time(change.GetProperty("at").GetDateTimeOffset());
        var words = string.Join(
            ' ',
            ((string[])["type", "status", "leadsTo", "source", "info", "parcel"])
                .Select(name => change.GetProperty(name).GetString())
                .Where(text => text is { Length: > 0 })
        );
        call.Say($"{at} {words}");
    }
}
