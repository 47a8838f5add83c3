using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Tells parcels what became of their documents: that they have left by their tickets, the rest by calls, each by itself: one
/// whose state cannot be read keeps none of its neighbours from knowing. What it was not told it finds out when it hands the
/// effect over again.
/// </summary>
sealed partial class ParcelNews(IDispatchGrains grains, TimeProvider time, ILogger<ParcelNews> logger)
{
    /// <summary>These documents have left in a message.</summary>
    public Task Sent(
        string messageGuid,
        IEnumerable<OutboundMember> members,
        IReadOnlyDictionary<OutboundMember, EffectTicket> waiting
    )
    {
        var unheard = new List<OutboundMember>();
        foreach (var member in members)
        {
            if (waiting.TryGetValue(member, out var ticket))
                ticket.Complete(new Completion(member.EffectId, time.GetUtcNow(), messageGuid));
            else
                unheard.Add(member);
        }
        return Tell(unheard, (parcel, effectIds) =>
            parcel.Complete(Completions(effectIds, messageGuid, null))
        );
    }

    /// <summary>These documents cannot be sent.</summary>
    public Task Refused(IEnumerable<OutboundMember> members, Problem problem) =>
        Tell(members, (parcel, effectIds) => parcel.Complete(Completions(effectIds, null, problem)));

    /// <summary>The message that had these documents was dissolved: they are free to go again, or are at fault.</summary>
    public Task Freed(IEnumerable<OutboundMember> members, Problem? problem) =>
        Tell(members, (parcel, effectIds) => parcel.DissolveMessage([.. effectIds], problem));

    ImmutableArray<Completion> Completions(
        IEnumerable<string> effectIds,
        string? messageGuid,
        Problem? problem
    ) => [.. effectIds.Select(d => new Completion(d, time.GetUtcNow(), messageGuid, problem))];

    Task Tell(IEnumerable<OutboundMember> members, Func<IParcelGrain, IEnumerable<string>, Task> news) =>
        Task.WhenAll(
            members
                .GroupBy(m => m.GrainKey, m => m.EffectId, StringComparer.Ordinal)
                .Select(parcel => Tell(parcel.Key, () => news(grains.Parcel(parcel.Key), parcel)))
        );

    async Task Tell(string parcel, Func<Task> news)
    {
        try
        {
            await news();
        }
        catch (Exception e)
        {
            LogUntold(e, parcel);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Parcel} could not be told what became of its documents; it finds out when it is woken."
    )]
    partial void LogUntold(Exception e, string parcel);
}
