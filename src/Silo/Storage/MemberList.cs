using System.Collections.Immutable;
using System.Text.Json;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The members of a message as the database keeps them: a JSON array of [grain key, effect] pairs.</summary>
static class MemberList
{
    public static string Write(ImmutableArray<OutboundMember> members) =>
        JsonSerializer.Serialize(members.Select(m => new[] { m.GrainKey, m.EffectId }));

    public static ImmutableArray<OutboundMember> Read(string json) =>
        [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(m => new OutboundMember(m[0], m[1]))];

    /// <summary>A guid names one message only. What is stored goes again as long as it is not finished.</summary>
    public static ClaimAnswer Repeat(OutboundMessage message, OutboundMessage stored)
    {
        if (!stored.Members.SequenceEqual(message.Members))
            throw new InvalidOperationException(
                $"Message {message.Guid} was claimed before with other members; a new message needs a guid of its own."
            );
        return stored.Fate == MessageFate.Underway
            ? new ClaimAnswer(stored, [])
            : new ClaimAnswer(
                null,
                [.. stored.Members.Select(m => new TakenMember(m, stored.Guid, stored.Fate))]
            );
    }

    /// <summary>A dissolved message stays one, whether its parcels know yet or not.</summary>
    public static MessageFate Fate(bool finished, bool dissolved) =>
        dissolved ? MessageFate.Dissolved
        : finished ? MessageFate.Sent
        : MessageFate.Underway;
}
