using System.CommandLine;
using ClearanceEngine.Client.DeadLetters;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance dead-letters</c>: what the engine could not take. See docs/dead-letters.md.</summary>
static class DeadLettersVerb
{
    public const string Name = "dead-letters";

    public static Command Command(VerbHost host)
    {
        var topics = new DeadLetterTopicOption();
        var command = new Command(Name, "死信 dead letters")
        {
            DeadLetterListVerb.Command(host, topics),
            DeadLetterShowVerb.Command(host, topics),
            DeadLetterRetryVerb.Command(host, topics),
            DeadLetterRunsVerb.Command(host, topics),
        };
        topics.AddTo(command);
        host.Kafka.AddTo(command);
        return command;
    }
}

/// <summary>Names another dead-letter topic than the engine's: for tests, and for a feed of one's own.</summary>
sealed class DeadLetterTopicOption
{
    readonly Option<string> _topic = new("--dead-letter-topic")
    {
        DefaultValueFactory = _ => TopicNames.DeadLetters,
        Hidden = true,
        Recursive = true,
    };

    public void AddTo(Command command) => command.Add(_topic);

    public RetryTopics Of(VerbCall call)
    {
        var letters = call.Value(_topic)!;
        var runs = letters == TopicNames.DeadLetters ? TopicNames.DeadLetterRuns : $"{letters}.runs";
        return new RetryTopics(letters, runs);
    }
}
