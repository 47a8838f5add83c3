using System.Text;
using System.Xml;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>An element of a return with what stands in it, whatever its namespace.</summary>
sealed class CustomsElement(string name)
{
    readonly List<CustomsElement> _children = [];
    string _first = "";
    StringBuilder? _pieces;

    public string Name { get; } = name;

    public IReadOnlyList<CustomsElement> Children => _children;

    /// <summary>Its own text in one piece, without blanks at its ends.</summary>
    public string Text => (_pieces?.ToString() ?? _first).Trim();

    /// <summary>Takes in an element and all that is in it; the reader stands on its end tag afterwards, or still on it if it is empty.</summary>
    /// <exception cref="CebFormatException">It is nested too deep or has too many elements.</exception>
    /// <exception cref="XmlException">It does not end.</exception>
    public static CustomsElement Take(XmlReader reader, CustomsBounds bounds, CustomsRemarks remarks)
    {
        var whole = new CustomsElement(reader.LocalName);
        remarks.Attributes(reader);
        if (reader.IsEmptyElement)
            return whole;

        var (open, elements) = (new Stack<CustomsElement>([whole]), 1);
        while (open.Count > 0)
        {
            bounds.Read(reader);
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    bounds.Count(++elements, whole.Name);
                    var child = new CustomsElement(reader.LocalName);
                    open.Peek()._children.Add(child);
                    remarks.Attributes(reader);
                    if (!reader.IsEmptyElement)
                        open.Push(child);
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text
                or XmlNodeType.CDATA
                or XmlNodeType.SignificantWhitespace
                or XmlNodeType.Whitespace:
                    open.Peek().Append(reader.Value);
                    break;
            }
        }
        return whole;
    }

    void Append(string piece)
    {
        if (_first.Length == 0)
            _first = piece;
        else
            (_pieces ??= new StringBuilder(_first)).Append(piece);
    }
}
