using System.Collections.Immutable;
using System.Text;

namespace ClearanceEngine.Ceb;

/// <summary>A whole message: its documents and, for declarations, who transmits it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Guid">The root's guid, 36 characters.</param>
/// <param name="Version">The root's version, normally <c>1.0</c>.</param>
/// <param name="Documents">The documents, in the order of the message.</param>
/// <param name="Transfer">BaseTransfer; null for receipts.</param>
/// <param name="Subscriptions">BaseSubscribe, 0..5.</param>
/// <param name="Extension">ExtendMessage, 0..1.</param>
/// <param name="IsSigned">True when a ds:Signature was there. The signature itself is verified and kept over the original bytes, never rebuilt.</param>
public sealed record CebMessage(
    CebType Type,
    string Guid,
    string Version,
    ImmutableArray<CebDocument> Documents,
    CebTransfer? Transfer = null,
    ImmutableArray<CebSubscription> Subscriptions = default,
    CebExtension? Extension = null,
    bool IsSigned = false
)
{
    public CebSchema Schema => CebSchema.Of(Type);

    /// <summary>What its participant put beside the documents; null for nothing.</summary>
    public CebFrame? Frame =>
        Subscriptions.IsDefaultOrEmpty && Extension is null
            ? null
            : new CebFrame(Subscriptions.IsDefault ? [] : Subscriptions, Extension);
}

/// <summary>
/// What a participant puts into a message beside its documents and itself. Where we make the message it travels with each
/// document, and documents of different frames are in different messages.
/// </summary>
/// <param name="Subscriptions">BaseSubscribe, 0..5.</param>
/// <param name="Extension">ExtendMessage, 0..1.</param>
[GenerateSerializer, Immutable, Alias("clearance.ceb.frame")]
public sealed record CebFrame(
    [property: Id(0)] ImmutableArray<CebSubscription> Subscriptions,
    [property: Id(1)] CebExtension? Extension
)
{
    /// <summary>One text for frames that say the same.</summary>
    public string Key => Encoding.UTF8.GetString(CebWriter.Write(this));
}

/// <summary>BaseTransfer 基础报文传输实体: the company that transmits.</summary>
/// <param name="CopCode">Its customs code, 1..18.</param>
/// <param name="CopName">Its name, 0..100.</param>
/// <param name="DxpMode"><c>DXP</c>.</param>
/// <param name="DxpId">Its user id on the data exchange platform, 0..30.</param>
/// <param name="Note">Free remark, 0..1000.</param>
[GenerateSerializer, Immutable, Alias("clearance.ceb.transfer")]
public sealed record CebTransfer(
    [property: Id(0)] string CopCode,
    [property: Id(1)] string CopName,
    [property: Id(2)] string DxpMode,
    [property: Id(3)] string DxpId,
    [property: Id(4)] string? Note = null
);

/// <summary>BaseSubscribe 基础回执订阅实体: who else wants data or receipts.</summary>
/// <param name="Status"><c>ALL</c>, <c>DATA</c> or <c>RET</c>.</param>
/// <param name="DxpMode"><c>DXP</c>.</param>
/// <param name="DxpAddress">DXP user id to deliver to.</param>
/// <param name="Note">Free remark.</param>
[GenerateSerializer, Immutable, Alias("clearance.ceb.subscription")]
public sealed record CebSubscription(
    [property: Id(0)] string Status,
    [property: Id(1)] string DxpMode,
    [property: Id(2)] string DxpAddress,
    [property: Id(3)] string? Note = null
);

/// <summary>ExtendMessage 扩展自定义数据实体: any XML of the participant.</summary>
/// <param name="Name">Its name, 0..30.</param>
/// <param name="Version">Its version, 0..30.</param>
/// <param name="Payload">What its Message element holds, in canonical form, see <see cref="CebPayload"/>.</param>
[GenerateSerializer, Immutable, Alias("clearance.ceb.extension")]
public sealed record CebExtension(
    [property: Id(0)] string Name,
    [property: Id(1)] string Version,
    [property: Id(2)] string Payload
);
