using System.Buffers;
using System.Text;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Bench.Customs;

/// <summary>A message of receipts in the making.</summary>
sealed class Receipts(int type)
{
    readonly ArrayBufferWriter<byte> _buffer = new(4096);
    int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>One receipt: the element, what it echoes of the document, and what customs says.</summary>
    /// <param name="element">Its name.</param>
    /// <param name="echo">Elements as they stand in the receipt's schema, between guid and returnStatus.</param>
    /// <param name="time">As in returnTime.</param>
    /// <param name="code">returnStatus.</param>
    public void Say(string element, ReadOnlySpan<byte> echo, string time, int code)
    {
        Begin();
        Add($"<ceb:{element}><ceb:guid>{NewGuid()}</ceb:guid>");
        _buffer.Write(echo);
        Add(
            $"<ceb:returnStatus>{code}</ceb:returnStatus><ceb:returnTime>{time}</ceb:returnTime><ceb:returnInfo>[Code:{1000 + code};Desc:{(code == 800 ? "放行" : "逻辑校验通过")}]</ceb:returnInfo></ceb:{element}>"
        );
    }

    /// <summary>A tax bill of two lines.</summary>
    public void Bill(DeclaredList list, string time)
    {
        Begin();
        Add(
            $"<ceb:Tax><ceb:TaxHeadRd><ceb:guid>{NewGuid()}</ceb:guid><ceb:returnTime>{time}</ceb:returnTime><ceb:invtNo>{list.InvtNo}</ceb:invtNo><ceb:taxNo>T{list.InvtNo}</ceb:taxNo>"
        );
        Add(
            $"<ceb:customsTax>0</ceb:customsTax><ceb:valueAddedTax>39.13</ceb:valueAddedTax><ceb:consumptionTax>0</ceb:consumptionTax><ceb:status>1</ceb:status><ceb:agentCode>{list.AgentCode}</ceb:agentCode></ceb:TaxHeadRd>"
        );
        Line(1, "1901101010", "368.55", "33.54");
        Line(2, "3304990029", "61.45", "5.59");
        Add($"</ceb:Tax>");
    }

    public byte[] Finish()
    {
        Add($"</ceb:CEB{type}Message>");
        return _buffer.WrittenSpan.ToArray();
    }

    void Line(int number, string code, string price, string tax) =>
        Add(
            $"<ceb:TaxListRd><ceb:gnum>{number}</ceb:gnum><ceb:gcode>{code}</ceb:gcode><ceb:taxPrice>{price}</ceb:taxPrice><ceb:customsTax>0</ceb:customsTax><ceb:valueAddedTax>{tax}</ceb:valueAddedTax><ceb:consumptionTax>0</ceb:consumptionTax></ceb:TaxListRd>"
        );

    void Begin()
    {
        if (_count++ == 0)
            Add(
                $"<ceb:CEB{type}Message xmlns:ceb=\"{CebSchema.Namespace}\" guid=\"{NewGuid()}\" version=\"1.0\">"
            );
    }

    static string NewGuid() => Guid.NewGuid().ToString().ToUpperInvariant();

    void Add(string text) => Encoding.UTF8.GetBytes(text, _buffer);
}
