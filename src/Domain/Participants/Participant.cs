using System.Collections.Immutable;

namespace ClearanceEngine.Participants;

/// <summary>What a company does at this port.</summary>
public enum Role
{
    /// <summary>电商平台.</summary>
    Platform,

    /// <summary>电商企业.</summary>
    Merchant,

    /// <summary>支付企业.</summary>
    Payment,

    /// <summary>直购物流企业 (9610).</summary>
    DirectLogistics,

    /// <summary>保税物流企业 (1210).</summary>
    BondedLogistics,

    /// <summary>区内仓储企业 (1210).</summary>
    Warehouse,

    /// <summary>监管场所经营人 (9610).</summary>
    SupervisedSite,
}

/// <summary>Who signs a participant's documents.</summary>
public enum SigningMode
{
    /// <summary>The participant itself; its messages go on byte for byte.</summary>
    Own,

    /// <summary>云加签: the platform, with the participant's key in the platform's token.</summary>
    Cloud,

    /// <summary>Nobody; for test participants.</summary>
    None,
}

/// <summary>A company (企业主体) that takes part.</summary>
public sealed record Participant
{
    /// <summary>Customs registration code (10) or social credit code (18).</summary>
    public required string Code { get; init; }

    /// <summary>Its name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it does at this port: at least one, unless it only transmits for others. Messages that its roles may not send are refused.</summary>
    public ImmutableArray<Role> Roles { get; init; } = [];

    /// <summary>Its user id on the data exchange platform; a message that names another is refused.</summary>
    public string? DxpId { get; init; }

    /// <summary>Who signs its documents. Default cloud: the platform, with the key that bears its code in the token.</summary>
    public SigningMode Signing { get; init; } = SigningMode.Cloud;

    /// <summary>When its messages must carry its signature; unsigned ones are refused there. Default onSharedTopics.</summary>
    public SignatureRule MustSign { get; init; }

    /// <summary>Certificates (base64 DER) whose signatures speak for it; at least one where it signs itself.</summary>
    public ImmutableArray<string> Certificates { get; init; } = [];

    /// <summary>Customs districts activated, four digits each; empty means all.</summary>
    public ImmutableArray<string> Customs { get; init; } = [];

    /// <summary>Modes activated (9610, 1210); empty means all.</summary>
    public ImmutableArray<string> Modes { get; init; } = [];

    /// <summary>False: known, but may not send. Default true.</summary>
    public bool Active { get; init; } = true;

    /// <summary>A logistics company with a warehouse of its own (独立库) may send inbound notes. Default false.</summary>
    public bool OwnWarehouse { get; init; }

    /// <summary>
    /// Codes of companies of this file whose documents it may transmit (an IT company of the port, say). Roles, modes and
    /// districts are then those of the company that the document names; exchange id, signature and receipts are the transmitter's. Default none.
    /// </summary>
    public ImmutableArray<string> TransmitsFor { get; init; } = [];

    /// <summary>Where its receipts go; null means <c>receipts.{code}</c>.</summary>
    public string? ReceiptTopic { get; init; }

    /// <summary>The topic of its receipts.</summary>
    public string Topic => ReceiptTopic ?? $"receipts.{Code}";

    public bool Is(Role role) => Roles.Contains(role);

    /// <summary>Whether a message without its signature is refused.</summary>
    /// <param name="isKnown">Whether somebody vouches for its sender: the ACL of the sender's own topic, or our HTTP door (ADR 031).</param>
    public bool NeedsSignature(bool isKnown)
    {
        if (Signing == SigningMode.Own)
            return true;
        return MustSign switch
        {
            SignatureRule.OnSharedTopics => !isKnown,
            SignatureRule.Always => true,
            SignatureRule.Never => false,
            _ => throw new InvalidOperationException($"No rule for {MustSign}."),
        };
    }
}

/// <summary>The companies that take part.</summary>
public interface IParticipantRegistry
{
    Participant? Find(string code);

    IReadOnlyCollection<Participant> All { get; }
}
