using System.Globalization;
using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Documents;

/// <summary>
/// docs/adding-a-message-type.md, tried: its table names every place that has one entry a type, and every type has its entry in
/// each. A type cannot be added from outside, for <see cref="DocumentType"/> is an enum; so the places are found in the code.
/// </summary>
public sealed partial class AddingAMessageTypeTests
{
    /// <summary>A place that has one entry a type.</summary>
    /// <param name="File">Where the entry of a type is; the page names that of the inbound note.</param>
    /// <param name="Entry">What stands there; empty where the file is the entry.</param>
    sealed record Place(Func<DocumentDescriptor, string> File, Func<DocumentDescriptor, string> Entry);

    static readonly Place[] Places =
    [
        In("src/Domain/Ceb/CebType.cs", d => Assigned(d.Message)),
        In("src/Domain/Ceb/CebType.cs", d => Assigned(d.Receipt)),
        Own(d => $"src/Domain/Ceb/Messages/Ceb{Number(d.Message)}.cs"),
        Own(d => $"src/Domain/Ceb/Messages/Ceb{Number(d.Receipt)}.cs"),
        In("src/Domain/Ceb/CebSchema.cs", d => $"new(CebType.{d.Message},"),
        In("src/Domain/Ceb/CebSchema.cs", d => $"new(CebType.{d.Receipt},"),
        In("src/Domain/Documents/DocumentType.cs", d => $"{d.Type},"),
        Own(d => $"src/Domain/Documents/Descriptors/{d.Type}Document.cs"),
        In("src/Domain/Problems/ProblemCatalogue.cs", d => $"(DocumentType.{d.Type},-"),
        In("src/Domain/Documents/DocumentTypes.cs", d => $"{d.Type}Document.Descriptor,"),
        In("src/Domain/Participants/EntitlementRules.cs", d => $"DocumentType.{d.Type}"),
        In("src/Domain/Parcels/ParcelTable.cs", d => $"DocumentType.{d.Type}"),
        In("src/Domain/Parcels/ParcelStep.Dispatch.cs", d => $"DocumentType.{d.Type}"),
        In("src/Simulator/Samples/SampleParcel.cs", d => $"CebType.{d.Message}"),
        In("src/Simulator/CustomsOffice.cs", d => $"CebType.{d.Message}"),
        In("docs/glossary.md", d => $"|CEB{Number(d.Message)}|"),
        In("docs/messages.md", d => $"|[CEB{Number(d.Message)}]"),
        Own(d => $"docs/messages/CEB{Number(d.Message)}.md"),
        Own(d => $"docs/messages/CEB{Number(d.Receipt)}.md"),
        In("README.md", d => $"`{d.Topic}`"),
        In("README.zh-CN.md", d => $"`{d.Topic}`"),
    ];

    static readonly DocumentDescriptor InboundNote = DocumentType.InboundNote.Descriptor();

    public static TheoryData<DocumentType> Types => [.. Enum.GetValues<DocumentType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_has_its_entry_in_every_place(DocumentType type)
    {
        var descriptor = type.Descriptor();
        var lacking = Places
            .Where(place => !Has(place, descriptor))
            .Select(place => $"{place.File(descriptor)}: {place.Entry(descriptor)}");

        Assert.Empty(lacking);
    }

    [Fact]
    public void The_page_names_exactly_these_places()
    {
        var named = File.ReadLines(Path.Combine(Repository.Root, "docs/adding-a-message-type.md"))
            .Where(line => line.StartsWith('|'))
            .SelectMany(line => PathInCode().Matches(line))
            .Select(match => match.Groups[1].Value);

        Assert.Equal(
            Places.Select(place => place.File(InboundNote)).Distinct().Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Who adds a place that has one entry a type, adds it to the page.</summary>
    [Fact]
    public void No_other_file_speaks_of_every_type()
    {
        var known = Places.Select(place => place.File(InboundNote)).ToHashSet(StringComparer.Ordinal);

        var unknown = Sources()
            .Concat(Pages())
            .Where(path => !known.Contains(path) && SpeaksOfEveryType(path));

        Assert.Empty(unknown);
    }

    /// <summary>A folder with a file a type has no file without its type.</summary>
    [Theory]
    [InlineData("src/Domain/Ceb/Messages", "*.cs")]
    [InlineData("src/Domain/Documents/Descriptors", "*.cs")]
    [InlineData("docs/messages", "*.md")]
    public void No_file_is_without_a_type(string folder, string pattern)
    {
        CebType[] ofNoDocument = [CebType.TaxBill, CebType.TaxBillState, CebType.FormatError];
        var expected = DocumentTypes
            .All.SelectMany(d => Places.Select(place => place.File(d)))
            .Concat(ofNoDocument.Select(type => $"src/Domain/Ceb/Messages/Ceb{Number(type)}.cs"))
            .Concat(ofNoDocument.Select(type => $"docs/messages/CEB{Number(type)}.md"));

        Assert.Empty(Files(folder, pattern).Except(expected));
    }

    static Place In(string file, Func<DocumentDescriptor, string> entry) => new(_ => file, entry);

    static Place Own(Func<DocumentDescriptor, string> file) => new(file, _ => "");

    static string Number(CebType type) => ((int)type).ToString(CultureInfo.InvariantCulture);

    static string Assigned(CebType type) => $"{type}={Number(type)},";

    static bool Has(Place place, DocumentDescriptor descriptor)
    {
        var path = Path.Combine(Repository.Root, place.File(descriptor));
        return File.Exists(path)
            && Packed(File.ReadAllText(path)).Contains(place.Entry(descriptor), StringComparison.Ordinal);
    }

    /// <summary>Without blanks and the marks of comments: entries are laid out by their length.</summary>
    static string Packed(string text) =>
        string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace("///", "", StringComparison.Ordinal);

    static bool SpeaksOfEveryType(string path)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, path));
        return DocumentTypes.All.All(d => Regex.IsMatch(text, Mention(d)));
    }

    static string Mention(DocumentDescriptor d) =>
        $@"\b(DocumentType|CebType)\.{d.Type}\b|\b{d.Type}Document\b|\bCEB{Number(d.Message)}\b|`{Regex.Escape(d.Topic)}`";

    static IEnumerable<string> Sources() =>
        Files("src", "*.cs").Where(path => !path.Contains("/obj/", StringComparison.Ordinal));

    static IEnumerable<string> Pages() => Files("docs", "*.md").Concat(["README.md", "README.zh-CN.md"]);

    static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));

    [GeneratedRegex("`((?:src|docs)/[^`]+|README[^`]*)`")]
    private static partial Regex PathInCode();
}
