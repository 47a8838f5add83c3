using System.Text.RegularExpressions;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>docs/glossary.md: one meaning a word; the words of the first edition are gone.</summary>
public sealed partial class GlossaryTests
{
    [Fact]
    public void Former_words_are_not_used()
    {
        var found = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (File: f, Line: i + 1, Text: line)))
            .Where(l => FormerWord().IsMatch(l.Text) && !NamesStoredForm(l.Text))
            .Select(l => $"{Path.GetRelativePath(Repository.Root, l.File)}:{l.Line}: {l.Text.Trim()}");

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("void Settle(Owed owed)", true)]
    [InlineData("enum DocumentKind", true)]
    [InlineData("/// <summary>Its debts.</summary>", true)]
    [InlineData("var entryNote = EntryNoteReceipt;", true)]
    [InlineData("bool isAllowed = IsShadowed;", false)]
    public void A_former_word_is_recognised(string line, bool isFormer) =>
        Assert.Equal(isFormer, FormerWord().IsMatch(line));

    /// <summary>Stored forms and the HTTP contract keep their names.</summary>
    static bool NamesStoredForm(string line) =>
        line.Contains("Alias(", StringComparison.Ordinal)
        || line.Contains("JsonPropertyName(", StringComparison.Ordinal);

    [GeneratedRegex(
        @"\b(Owed\w*|owed|owes|Owes|owing|[Dd]ebts?)\b|DocumentKind|EntryNote|entry note|CarrierRefused"
    )]
    private static partial Regex FormerWord();
}
