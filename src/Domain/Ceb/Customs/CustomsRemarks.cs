using System.Collections.Immutable;
using System.Xml;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>What was skipped or mended in a message, each kind once, cleaned and clipped, and not without end.</summary>
sealed class CustomsRemarks
{
    readonly HashSet<string> _kinds = new(StringComparer.Ordinal);

    public ImmutableArray<string> All => [.. _kinds];

    public void Surplus(string element) => Add("surplus element", element);

    public void Repeated(string element) => Add("repeated element", element);

    public void Mended(string field) => Add("mended field", field);

    public void Attributes(XmlReader reader)
    {
        if (!reader.HasAttributes)
            return;
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.LocalName is not ("xmlns" or "guid" or "version"))
                Add("surplus attribute", reader.LocalName);
        }
        reader.MoveToElement();
    }

    void Add(string what, string name)
    {
        if (_kinds.Count < CustomsReader.MostRemarks)
            _kinds.Add($"{what} {Clip.Quote(name)}");
    }
}
