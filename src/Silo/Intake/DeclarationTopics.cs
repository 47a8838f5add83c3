using ClearanceEngine.Participants;

namespace ClearanceEngine.Silo.Intake;

/// <summary>Which topics participants write their documents to.</summary>
public enum TopicSharing
{
    /// <summary>All to the same: <c>declarations.order</c> and so on.</summary>
    Shared,

    /// <summary>Each to its own: <c>declarations.order.{code}</c>, whose ACL says who it is. Shared topics are neither made nor read.</summary>
    PerParticipant,

    /// <summary>Either; for the time in which participants move from the shared topics to their own.</summary>
    Both,
}

/// <summary>The topics that intake reads declarations from: those of the registry as it was at the start, so a new participant's come with the next one.</summary>
sealed class DeclarationTopics
{
    readonly TopicSharing _sharing;
    readonly HashSet<DeclarationTopic> _all;

    public DeclarationTopics(
        IntakeOptions intake,
        IParticipantRegistry participants,
        CustomsPortOptions customsPort
    )
    {
        _sharing = intake.Topics;
        _all = [.. Shared(), .. Own(participants, customsPort)];
    }

    public IEnumerable<DeclarationTopic> All => _all;

    /// <summary>Where our HTTP door puts a message of this company; null when there is no topic for it.</summary>
    /// <param name="type">Of its documents.</param>
    /// <param name="code">The company that the message names as its sender.</param>
    public DeclarationTopic? For(DocumentType type, string code)
    {
        var own = DeclarationTopic.Of(type, code);
        if (_all.Contains(own))
            return own;
        return _sharing == TopicSharing.PerParticipant ? null : DeclarationTopic.SharedBy(type);
    }

    IEnumerable<DeclarationTopic> Shared() =>
        _sharing == TopicSharing.PerParticipant
            ? []
            : DocumentTypes.All.Select(d => DeclarationTopic.SharedBy(d.Type));

    /// <summary>Of those that are not active, too: what such a company sends is to be refused now, and not to wait until it is active again.</summary>
    IEnumerable<DeclarationTopic> Own(IParticipantRegistry participants, CustomsPortOptions customsPort) =>
        _sharing == TopicSharing.Shared
            ? []
            : participants
                .All.OrderBy(p => p.Code, StringComparer.Ordinal)
                .SelectMany(participant =>
                    DocumentTypes
                        .All.Select(d => d.Type)
                        .Where(type =>
                            EntitlementRules.MaySendAny(participant, type, customsPort, participants)
                        )
                        .Select(type => DeclarationTopic.Of(type, participant.Code))
                );
}
