namespace ClearanceEngine;

/// <summary>The known name that a mistyped one most likely meant. Pure.</summary>
public static class Nearest
{
    /// <summary>Null when none is near: more than two letters and more than a third of them differ.</summary>
    public static string? Of(string name, IEnumerable<string> known) =>
        Of(name, known, Math.Max(2, name.Length / 3));

    /// <summary>Null when in every known name more letters differ than <paramref name="most"/>.</summary>
    public static string? Of(string name, IEnumerable<string> known, int most)
    {
        var (best, least) = ((string?)null, most + 1);
        foreach (var candidate in known)
        {
            var distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least)
                (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Levenshtein's: letters to insert, delete or replace.</summary>
    static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
