using System.Text.RegularExpressions;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Rules;

/// <summary>
/// Keeps id numbers out of texts that people, logs and other systems see, wherever they were typed in by mistake: as the
/// name of an element, as a company's code, in the words of customs.
/// </summary>
public static partial class IdNumbers
{
    /// <summary>
    /// Masks whatever looks like a resident id: 17 digits with a date of birth in the middle, then a digit or X; its check
    /// digit may be wrong. A part of a longer number is none, so that the numbers of transactions stay readable.
    /// </summary>
    public static string Mask(string text) =>
        Pattern().Replace(text, match => SubscriberIdentity.Mask(match.Value));

    /// <summary>The same, but a business number stays whole however much it looks like a person's: it is known for what it is by its field.</summary>
    /// <param name="text">The text.</param>
    /// <param name="numbers">Business numbers that the text may name; asked for only where something looks like an id number.</param>
    public static string Mask(string text, IEnumerable<string> numbers) =>
        Pattern()
            .Replace(text, match =>
                numbers.Any(n => n.Contains(match.Value, StringComparison.Ordinal))
                    ? match.Value
                    : SubscriberIdentity.Mask(match.Value)
            );

    /// <summary>Whether a text has what <see cref="Mask(string)"/> would mask; nearly none has.</summary>
    public static bool IsIn(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(
        "(?<![0-9])[0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
