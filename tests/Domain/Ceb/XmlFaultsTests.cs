using System.Text;
using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>What is no XML is told in our words, in both languages, with its place once.</summary>
public sealed partial class XmlFaultsTests
{
    const string Root = $"<ceb:CEB311Message xmlns:ceb=\"{CebSchema.Namespace}\" guid=\"g\" version=\"1.0\">";

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void An_empty_message_is_called_empty(string text)
    {
        var told = Told(text);

        Assert.StartsWith("报文为空", told, StringComparison.Ordinal);
        Assert.Contains("The message is empty", told, StringComparison.Ordinal);
        Assert.Empty(Numbers().Matches(told));
    }

    [Theory]
    [InlineData(" \n")]
    [InlineData("<!-- nothing -->")]
    [InlineData("<?xml version=\"1.0\"?>\n")]
    public void A_message_without_a_root_is_told_so_and_no_place_is_made_up(string text)
    {
        var told = Told(text);

        Assert.Contains("没有根元素", told, StringComparison.Ordinal);
        Assert.Contains("it has no root element", told, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "0",
            told.Replace("1.0", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "ROOT\n<ceb:Order><ceb:OrderHead>",
        2,
        27,
        "元素 ceb:OrderHead 结束之前",
        "before the element ceb:OrderHead does"
    )]
    [InlineData(
        "ROOT\n<ceb:Order></ceb:Ordre>",
        2,
        14,
        "元素 ceb:Order 由不同名的结束标记 ceb:Ordre",
        "the element ceb:Order is ended by the tag of another, ceb:Ordre"
    )]
    [InlineData("nonsense", 1, 1, "不是 XML", "no XML at all")]
    [InlineData("ROOT</ceb:CEB311Message><a/>", 1, 108, "多个根元素", "more than one root")]
    [InlineData("ROOT</ceb:CEB311Message></a>", 1, 109, "多出一个结束标记", "an end tag too many")]
    [InlineData("ROOT\n&x;", 2, 2, "实体 x 未声明", "the entity x is declared nowhere")]
    [InlineData(
        "ROOT\n<ceb:Order><ceb:OrderHead><ceb:guid>a & b",
        2,
        40,
        "& 之后不是实体名",
        "an & begins no entity"
    )]
    [InlineData("ROOT\n<o:a/>", 2, 2, "前缀 o 未声明", "the prefix o is declared nowhere")]
    [InlineData("\n<?xml version=\"1.0\"?><a/>", 2, 3, "XML 声明之前", "before the XML declaration")]
    [InlineData("<a x='1' x='2'/>", 1, 10, "属性 x 重复", "the attribute x is given twice")]
    [InlineData("ROOT\n\u0001", 2, 1, "字符 U+01", "the character U+01, which XML does not have")]
    [InlineData("ROOT\n<1/>", 2, 2, "不应出现字符 U+31", "the character U+31 must not stand here")]
    [InlineData("<a x=1/>", 1, 6, "不应出现 1", "1 must not stand here")]
    [InlineData("<!-- x", 1, 5, "不完整", "it ends in the middle")]
    [InlineData("ROOT\n]]>", 2, 1, "不符合 XML 语法", "']]>' is not allowed in character data; correct")]
    public void The_place_stands_once_in_each_language(
        string text,
        int line,
        int column,
        string chinese,
        string english
    )
    {
        var told = Told(text.Replace("ROOT", Root, StringComparison.Ordinal));

        Assert.Contains($"（第 {line} 行第 {column} 列）：", told, StringComparison.Ordinal);
        Assert.Contains($" at line {line}, column {column}: ", told, StringComparison.Ordinal);
        Assert.Contains(chinese, told, StringComparison.Ordinal);
        Assert.Contains(english, told, StringComparison.Ordinal);
        Assert.DoesNotContain("position", told, StringComparison.Ordinal);
        Assert.Single(EnglishPlace().Matches(told));
    }

    [Fact]
    public void A_name_of_any_length_is_quoted_cut()
    {
        var told = Told($"{Root}<ceb:Order></{new string('n', 100_000)}>");

        Assert.Contains("is ended by the tag of another, nnn", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 0, 600);
    }

    /// <summary>What we put around a payload to read it does not count.</summary>
    [Fact]
    public void The_place_in_a_payload_is_that_in_its_own_text()
    {
        var told = Told(
            """{"CEB411Message":{"guid":"g","version":"1.0","ExtendMessage":{"name":"n","version":"1","Message":"<a>&x;</a>"}}}"""
        );

        Assert.Contains("（第 1 行第 5 列）：实体 x 未声明", told, StringComparison.Ordinal);
        Assert.Contains("at line 1, column 5: the entity x", told, StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_in_JSON_stands_once_in_each_language()
    {
        var told = Told("{\n  \"a\": x}");

        Assert.Contains("第 2 行第 8 字节", told, StringComparison.Ordinal);
        Assert.Contains("at line 2, byte 8: ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", told, StringComparison.Ordinal);
    }

    static string Told(string text) =>
        Assert.Throws<CebFormatException>(() => CebParser.Read(Encoding.UTF8.GetBytes(text))).Message;

    [GeneratedRegex("[0-9]")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[Ll]ine [0-9]+")]
    private static partial Regex EnglishPlace();
}
