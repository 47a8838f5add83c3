using System.Text;
using ClearanceEngine.Ceb;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>
/// The pages of <c>docs/messages</c> agree with the code. <c>CLEARANCE_WRITE_DOCS=docs</c> makes them anew instead.
/// </summary>
public class MessagePagesTests
{
    static readonly IReadOnlyDictionary<CebType, CebMessage> Examples = ExampleMessages.Make();

    public static TheoryData<CebType> Types => [.. CebSchema.All.Select(s => s.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_messages_page_agrees_with_its_field_table(CebType type)
    {
        var schema = CebSchema.Of(type);
        var page = MessagePages.Page(schema, Examples[type]);
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            File.WriteAllText(
                Path.Combine(
                    Directory.CreateDirectory(Path.Combine(docs, "messages")).FullName,
                    MessagePages.FileName(schema)
                ),
                page
            );
        else
            Assert.Equal(
                File.ReadAllText(
                    Path.Combine(AppContext.BaseDirectory, "docs", "messages", MessagePages.FileName(schema))
                ),
                page
            );
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_pages_example_is_right_by_the_engines_own_checks(CebType type)
    {
        var read = CebParser.Read(CebWriter.Write(Examples[type]));

        Assert.All(read.Documents, d => Assert.Empty(CebValidator.Check(d)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_page_has_every_field_and_its_example_in_both_forms(CebType type)
    {
        var schema = CebSchema.Of(type);
        var page = MessagePages.Page(schema, Examples[type]);
        var fields = schema.Head.Fields.Concat(schema.Line?.Fields ?? []);

        Assert.All(fields, f =>
            Assert.Contains($"| `{f.Name}` | {f.Label} |", page, StringComparison.Ordinal)
        );
        var xml = CebParser.Read(Encoding.UTF8.GetBytes(Block(page, "xml")));
        var json = CebParser.Read(Encoding.UTF8.GetBytes(Block(page, "json")));
        Assert.Equal(CebWriter.Write(Examples[type]), CebWriter.Write(xml));
        Assert.Equal(CebWriter.Write(xml), CebWriter.Write(json));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_index_leads_to_every_message(CebType type) =>
        Assert.Contains(
            $"(messages/{MessagePages.FileName(CebSchema.Of(type))})",
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "messages.md")),
            StringComparison.Ordinal
        );

    static string Block(string page, string language)
    {
        var start = $"```{language}\n";
        var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return page[from..page.IndexOf("```", from, StringComparison.Ordinal)];
    }

    [Fact]
    public void Every_field_of_every_message_says_what_it_means()
    {
        foreach (var schema in CebSchema.All)
            Assert.DoesNotContain(
                "|  |\n",
                MessagePages.Page(schema, Examples[schema.Type]),
                StringComparison.Ordinal
            );
    }
}
