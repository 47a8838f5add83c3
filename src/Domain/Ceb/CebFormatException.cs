namespace ClearanceEngine.Ceb;

/// <summary>
/// Bytes that are no message of the import side: says what, where and what to do. Id numbers in its text are masked, and
/// it has no cause: a parser's own words repeat what was sent.
/// </summary>
public sealed class CebFormatException : Exception
{
    public CebFormatException(
        ProblemCode code,
        string text,
        string? messageType = null,
        string? copCode = null,
        string? messageGuid = null
    )
        : base(Rules.IdNumbers.Mask(text))
    {
        Code = code;
        MessageType = messageType is null ? null : Clip.Quote(messageType);
        CopCode = copCode;
        MessageGuid = messageGuid is null ? null : Clip.Quote(messageGuid);
    }

    /// <summary>What is wrong, by the catalogue.</summary>
    public ProblemCode Code { get; }

    /// <summary>The root element's name as far as it could be read.</summary>
    public string? MessageType { get; }

    /// <summary>The transmitting company as far as it could be read, so that it can be told.</summary>
    public string? CopCode { get; }

    /// <summary>The root's guid as far as it could be read, so that its sender knows which message is meant.</summary>
    public string? MessageGuid { get; }
}
