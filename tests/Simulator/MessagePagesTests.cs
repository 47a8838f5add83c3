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
