using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace ClearanceEngine.Ceb;

/// <summary>
/// What the parser could not go on with, in our words: its own are of one language and name the place, which is told
/// already.
/// </summary>
static partial class XmlFaults
{
    const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <summary>By how the parser's sentence reads; what it quotes stands in both of ours.</summary>
    static readonly Wording[] Wordings =
    [
        new(
            "^Root element is missing",
            "没有根元素，只有空白、注释或声明",
            "it has no root element, only white space, comments or a declaration"
        ),
        new(
            "The following elements are not closed: (?<a>[^,]+?)(?=,|[.]?$)",
            "报文在元素 {0} 结束之前中断",
            "it ends before the element {0} does"
        ),
        new("^Unexpected end of file", "报文不完整，在中途中断", "it ends in the middle"),
        new(
            "^The '(?<a>[^']+)' start tag .* does not match the end tag of '(?<b>[^']+)'",
            "元素 {0} 由不同名的结束标记 {1} 结束",
            "the element {0} is ended by the tag of another, {1}"
        ),
        new("^Unexpected end tag", "多出一个结束标记", "there is an end tag too many"),
        new(
            "^Data at the root level is invalid",
            "根元素之外有文本，或根本不是 XML",
            "there is text outside the root element, or it is no XML at all"
        ),
        new("^There are multiple root elements", "有多个根元素", "it has more than one root element"),
        new(
            "^Reference to undeclared entity '(?<a>[^']+)'",
            "实体 {0} 未声明",
            "the entity {0} is declared nowhere"
        ),
        new(
            "^'(?<a>[^']+)' is an undeclared prefix",
            "命名空间前缀 {0} 未声明",
            "the prefix {0} is declared nowhere"
        ),
        new(
            "^Unexpected XML declaration",
            "XML 声明之前有空白或其他内容",
            "something stands before the XML declaration, be it only white space"
        ),
        new(
            "^'(?<a>[^']+)' is a duplicate attribute name",
            "属性 {0} 重复",
            "the attribute {0} is given twice"
        ),
        new(
            "hexadecimal value 0x(?<a>[0-9A-F]+), is an invalid character",
            "含有 XML 不允许的字符 U+{0}",
            "it holds the character U+{0}, which XML does not have"
        ),
        new(
            "while parsing EntityName",
            "& 之后不是实体名，单独的 & 应写作 &amp;",
            "an & begins no entity; where it stands for itself, write &amp;"
        ),
        new("^'(?<a>.+?)' is an unexpected token", "此处不应出现 {0}", "{0} must not stand here"),
        new(
            "hexadecimal value 0x(?<a>[0-9A-F]+)[,.]",
            "此处不应出现字符 U+{0}",
            "the character U+{0} must not stand here"
        ),
    ];

    /// <summary>Where and what, to follow what the text is said not to be, in each language.</summary>
    /// <param name="e">What the parser said.</param>
    /// <param name="ahead">Characters that we put before the first line.</param>
    public static (string Chinese, string English) Of(XmlException e, int ahead = 0)
    {
        var said = Place().Replace(e.Message, "");
        var (chinese, english) = Wordings.Select(w => w.Of(said)).FirstOrDefault(t => t is not null)
            ?? ("不符合 XML 语法", Clip.To(said, 300).TrimEnd('.'));
        // The parser knows no place where it found no element at all.
        if (e.LineNumber == 0)
            return ($"：{chinese}", $": {english}");

        var column = e.LineNumber == 1 ? e.LinePosition - ahead : e.LinePosition;
        return (
            $"（第 {e.LineNumber} 行第 {column} 列）：{chinese}",
            $" at line {e.LineNumber}, column {column}: {english}"
        );
    }

    [GeneratedRegex(" Line [0-9]+, position [0-9]+\\.$", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    /// <summary>A sentence of the parser, and what we say instead.</summary>
    sealed class Wording(string said, string chinese, string english)
    {
        readonly Regex _said = new(said, Options);

        /// <summary>Null for another sentence.</summary>
        public (string Chinese, string English)? Of(string text)
        {
            var match = _said.Match(text);
            return match.Success ? (Filled(chinese, match), Filled(english, match)) : null;
        }

        static string Filled(string text, Match match) =>
            string.Format(
                CultureInfo.InvariantCulture,
                text,
                Clip.Quote(match.Groups["a"].Value),
                Clip.Quote(match.Groups["b"].Value)
            );
    }
}
