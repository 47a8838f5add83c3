using System.Collections.Frozen;
using System.Collections.Immutable;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>
/// What is wrong with a parcel, said for its receiver (ADR 028). A text in full names values of documents; who does not hold them
/// is told in the catalogue's words, which name none.
/// </summary>
static class ParcelProblems
{
    /// <summary>They tell what a person has bought elsewhere.</summary>
    static readonly FrozenSet<ProblemCode> AboutQuota =
    [
        ProblemCode.OverAnnualLimit,
        ProblemCode.OverAnnualLimitKnown,
        ProblemCode.OverSingleLimit,
        ProblemCode.QuotaConflict,
        ProblemCode.QuotaYearTooOld,
    ];

    /// <summary>What the parties see of all, and everybody of its own documents: customs' refusals, and those of the engine.</summary>
    public static ImmutableArray<Problem> For(ParcelSight sight, ParcelState state)
    {
        if (sight.IsWhole)
            return ParcelViews.Problems(state);

        var own = sight.IsParty
            ? OfParcel(sight, state).Concat(RefusedDocuments(sight, state))
            : RefusedByCustoms(sight, state);
        var refused = state.Refusals.Where(sight.Holds).SelectMany(refusal => refusal.Problems);
        return [.. own.Concat(refused).Distinct()];
    }

    /// <summary>What does not match, or why the parcel was rejected, as a party reads it.</summary>
    public static ImmutableArray<Problem> OfParcel(ParcelSight sight, ParcelState state) =>
        [.. state.Problems.Select(problem => Told(sight, state, problem)).OfType<Problem>().Distinct()];

    /// <summary>Documents that customs refused, of others that it did.</summary>
    static IEnumerable<Problem> RefusedDocuments(ParcelSight sight, ParcelState state)
    {
        foreach (var kept in ParcelViews.RefusedDocuments(state))
        {
            var problem = ParcelViews.RefusedByCustoms(state, kept);
            if ((sight.Holds(kept) ? problem : InWords(problem, line: null)) is { } told)
                yield return told;
        }
    }

    /// <summary>A stranger hears of its own document what customs says, and not how that compares with what others sent.</summary>
    static IEnumerable<Problem> RefusedByCustoms(ParcelSight sight, ParcelState state) =>
        state
            .Documents.Where(kept => kept is { IsRefused: true, IsDeleted: false } && sight.Holds(kept))
            .Select(kept => ParcelViews.RefusedByCustoms(state, kept));

    /// <summary>As the receiver may read it; null for what is not its business.</summary>
    static Problem? Told(ParcelSight sight, ParcelState state, Problem problem)
    {
        if (AboutQuota.Contains(problem.Code))
            return sight.HearsOfQuota ? problem : null;
        if (!sight.HoldsAll(problem.Document))
            return InWords(problem, line: null);

        var quotes = CrossChecks.QuotedBy(problem.Code);
        return quotes is not { } other || sight.HoldsAll(other) ? problem : WithOwnValue(state, problem);
    }

    /// <summary>What its own document says stays in the text, as far as it is one field; what it is compared with does not.</summary>
    static Problem? WithOwnValue(ParcelState state, Problem problem)
    {
        var told = InWords(problem, problem.Line);
        if (told is null || problem is not { Line: null, Field: { } name })
            return told;
        if (state.Live(problem.Document) is not { } own || own.Schema.Head.Find(name) is not { } field)
            return told;

        var chinese = $"{problem.Document.Chinese()}{field.Label}（{name}）为“{own[field]}”。";
        return Problem.Naming(
            BusinessNumbers.IsIn(field) ? [own[field]] : [],
            problem.Code,
            problem.Document,
            name,
            $"{chinese}{told.Text} Your {name} is '{own[field]}'."
        );
    }

    /// <summary>What the catalogue says of the code; null for one of a newer build, of which nothing is known.</summary>
    static Problem? InWords(Problem problem, int? line)
    {
        if (problem.Code.FindEntry() is not { } entry)
            return null;
        var (meaning, remedy) = (entry.Meaning, entry.Remedy);
        return problem with
        {
            Line = line,
            Text = $"{meaning.Chinese}{remedy.Chinese}{meaning.English} {remedy.English}",
        };
    }
}
