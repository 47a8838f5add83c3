using System.Collections.Frozen;
using ClearanceEngine.Participants;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// A breaker for each participant's topic, shared by all who produce to it: what the one finds broken, the others do not
/// wait for.
/// </summary>
sealed class ReceiverBreakers(DispatchOptions options, IParticipantRegistry participants, TimeProvider time)
{
    /// <summary>The lane of questions to customs, and of receipts for nobody we know.</summary>
    public const string Customs = "customs";

    readonly FrozenDictionary<string, Breaker> _breakers = participants
        .All.Select(p => p.Code)
        .Append(Customs)
        .ToFrozenDictionary(
            code => code,
            _ => new Breaker(options.ReceiverBackoff, options.LongestReceiverBackoff, time),
            StringComparer.Ordinal
        );

    /// <summary>By participant code, and <see cref="Customs"/>.</summary>
    public IEnumerable<string> Codes => _breakers.Keys;

    /// <summary>Receivers whose topics fail now, by participant code.</summary>
    public IReadOnlyDictionary<string, Break> Open =>
        _breakers
            .Select(b => (Code: b.Key, b.Value.Open))
            .Where(b => b.Open is not null)
            .ToDictionary(b => b.Code, b => b.Open!, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">No such participant is registered.</exception>
    public Breaker Of(string code) => _breakers[code];
}
