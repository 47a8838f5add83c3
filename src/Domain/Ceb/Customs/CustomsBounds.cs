using System.Xml;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>What a message of customs may cost: liberal is not boundless.</summary>
sealed class CustomsBounds(CebLimits limits)
{
    /// <summary>Moves on.</summary>
    /// <exception cref="CebFormatException">It is nested too deep.</exception>
    /// <exception cref="XmlException">It is not well-formed, or ends here.</exception>
    public void Read(XmlReader reader)
    {
        if (!reader.Read())
            throw new XmlException("The message ends before its root element does.");
        if (reader.Depth > limits.Depth)
            throw new CebFormatException(
                ProblemCode.TooDeep,
                $"报文嵌套超过 {limits.Depth} 层，其后内容未读取。The message is nested deeper than {limits.Depth} (Intake:Limits:Depth); what follows is not read. Look at it by hand."
            );
    }

    /// <exception cref="CebFormatException">A return has more elements than anybody could mean.</exception>
    public void Count(int elements, string name)
    {
        if (elements > limits.UnboundedItems)
            throw new CebFormatException(
                ProblemCode.TooManyElements,
                $"回执 {Clip.Quote(name)} 的元素超过 {limits.UnboundedItems} 个，其后内容未读取。{Clip.Quote(name)} has more than {limits.UnboundedItems} elements (Intake:Limits:UnboundedItems); what follows is not read. Look at it by hand."
            );
    }

    /// <exception cref="CebFormatException">It has more returns than are worked on at once.</exception>
    public void CountReturns(int returns)
    {
        if (returns > limits.UnboundedItems)
            throw new CebFormatException(
                ProblemCode.TooManyDocuments,
                $"报文所含回执超过 {limits.UnboundedItems} 个，其后内容未读取。The message has more than {limits.UnboundedItems} returns (Intake:Limits:UnboundedItems); what follows is not read. Raise the limit and retry this dead letter."
            );
    }
}
