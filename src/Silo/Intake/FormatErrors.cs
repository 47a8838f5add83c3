using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// CEB900: customs could not read a message. Of a gathered one, each document goes again by itself; a document that went
/// alone is the one at fault.
/// </summary>
sealed partial class FormatErrors(IGrainFactory grains, IOutboundLog outbound)
{
    /// <summary>Guids that are looked for in one format error; more would be no echo of a message of ours.</summary>
    const int MostCandidates = 4;

    /// <summary>The root stands at the beginning of what is echoed.</summary>
    const int EchoedStart = 4_096;

    /// <summary>Applies it; durable when it returns.</summary>
    /// <param name="error">The CEB900.</param>
    /// <param name="header">What the record's header says of the message; null when it has none.</param>
    /// <returns>What is wrong with it; null when its message was found.</returns>
    public async Task<CebFormatException?> Apply(
        CebDocument error,
        string? header,
        CancellationToken cancellationToken
    )
    {
        if (await Find(error, header, cancellationToken) is not { } message)
            return Unknown(error);

        await outbound.Finished(message.Guid, cancellationToken);
        var alone = message.Members.Length == 1;
        foreach (var member in message.Members.GroupBy(m => m.GrainKey, StringComparer.Ordinal))
            await grains
                .Grain<IParcelGrain>(member.Key)
                .RefuseFormat([.. member.Select(m => m.EffectId)], alone ? Refused(error, message) : null);
        return null;
    }

    async Task<OutboundMessage?> Find(CebDocument error, string? header, CancellationToken cancellationToken)
    {
        foreach (var guid in Candidates(error, header))
        {
            if (await outbound.Find(guid, cancellationToken) is { } message)
                return message;
        }
        return null;
    }

    /// <summary>
    /// The guids that may be our message's, the surest first. oriCopMsgId is the transport's number of the message: where the
    /// transport numbers by itself, it is not ours, and the header or the echoed message tells.
    /// </summary>
    static IEnumerable<string> Candidates(CebDocument error, string? header)
    {
        var named = error[MessageReturn.OriCopMsgId] ?? "";
        var echoed = error[MessageReturn.OriBizMessage] ?? "";
        var start = echoed.AsSpan(0, Math.Min(echoed.Length, EchoedStart)).ToString();
        return new[] { named, header ?? "" }
            .Concat(Guids().Matches(named).Select(m => m.Value))
            .Concat(RootGuid().Match(start) is { Success: true } root ? [root.Groups["guid"].Value] : [])
            .SelectMany(g => new[] { g, g.ToUpperInvariant() })
            .Where(g => g.Length is > 0 and <= 36)
            .Distinct(StringComparer.Ordinal)
            .Take(MostCandidates * 2);
    }

    static Problem Refused(CebDocument error, OutboundMessage message)
    {
        var type = CebSchema.OfRoot(message.MessageType) is { } schema
            ? DocumentTypes.OfMessage(schema.Type)!.Value
            : DocumentType.DeclarationList;
        return new Problem(
            ProblemCode.FormatRefused,
            type,
            null,
            null,
            $"海关报文格式校验未通过（{error[MessageReturn.ReturnStatus]}）：{error[MessageReturn.ReturnInfo]}。Customs refused the format of the message ({error[MessageReturn.ReturnStatus]}); correct the document and send it again."
        );
    }

    static CebFormatException Unknown(CebDocument error)
    {
        var named = Clip.Quote(error[MessageReturn.OriCopMsgId] ?? "");
        return new CebFormatException(
            ProblemCode.MessageUnknown,
            $"CEB900 所指报文 {named} 并非本系统发出。CEB900 speaks of message {named} (oriCopMsgId), which this engine did not send, and neither the header {TopicNames.MessageHeader} nor oriBizMessage names one that it did; find out who did. If the transport numbers messages by itself, let it carry that header back."
        );
    }

    [GeneratedRegex("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Guids();

    /// <summary>The guid of the root, in what may no longer be XML.</summary>
    [GeneratedRegex(
        "<(?:[A-Za-z0-9]{1,10}:)?CEB[0-9]{3}Message\\s[^>]{0,1000}?\\bguid\\s{0,5}=\\s{0,5}[\"'](?<guid>[^\"']{1,36})[\"']",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex RootGuid();
}
