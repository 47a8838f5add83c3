namespace ClearanceEngine.Rules;

/// <summary>
/// The 18-digit resident id (GB 11643): area, birth date, serial, check digit. Passing is no identity verification.
/// </summary>
public static class ResidentId
{
    static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    const string CheckDigits = "10X98765432";

    /// <summary>Trimmed, with an upper-case X: one person has one text, and so one key.</summary>
    public static string Normalise(string id) => id.Trim().ToUpperInvariant();

    /// <summary>True for 18 digits (or X at the end) with a real birth date not after <paramref name="today"/> and the right check digit.</summary>
    public static bool IsValid(string id, DateOnly today)
    {
        if (id.Length != 18 || !id.AsSpan(0, 17).ContainsOnlyDigits())
            return false;
        if (
            !DateOnly.TryParseExact(id.AsSpan(6, 8), "yyyyMMdd", out var birth)
            || birth > today
            || birth.Year < 1850
        )
            return false;
        return id[17] == CheckDigit(id.AsSpan(0, 17));
    }

    /// <summary>The check digit of the first 17.</summary>
    public static char CheckDigit(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        for (var i = 0; i < 17; i++)
            sum += (first17[i] - '0') * Weights[i];
        return CheckDigits[sum % 11];
    }

    static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
