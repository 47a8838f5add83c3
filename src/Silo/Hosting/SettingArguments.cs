namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The settings among the words of a command line: <c>--Section:Name=value</c> or <c>--Section:Name value</c>. Pure.
/// </summary>
static class SettingArguments
{
    /// <summary>The first word that is neither a setting nor the value of one; null when there is none.</summary>
    public static string? Stranger(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!IsName(words[i]))
                return words[i];
            if (words[i].Contains('=', StringComparison.Ordinal))
                continue;

            // The value stands in the next word; without one the setting would be dropped without a word.
            if (i + 1 == words.Count || words[i + 1].StartsWith("--", StringComparison.Ordinal))
                return words[i];
            i++;
        }
        return null;
    }

    static bool IsName(string word) =>
        word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2 && char.IsLetter(word[2]);
}
