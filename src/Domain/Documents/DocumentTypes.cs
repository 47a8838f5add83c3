using System.Collections.Frozen;
using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Documents;

namespace ClearanceEngine;

/// <summary>The descriptors of all types of documents, and what is asked of them most.</summary>
public static class DocumentTypes
{
    /// <summary>In the order of <see cref="DocumentType"/>.</summary>
    public static ImmutableArray<DocumentDescriptor> All { get; } =
    [
        OrderDocument.Descriptor,
        PaymentDocument.Descriptor,
        WaybillDocument.Descriptor,
        DeclarationListDocument.Descriptor,
        InboundNoteDocument.Descriptor,
        CancellationDocument.Descriptor,
        ReturnDocument.Descriptor,
        WaybillStatusDocument.Descriptor,
    ];

    static readonly FrozenDictionary<CebType, DocumentDescriptor> ByMessage = All.ToFrozenDictionary(d =>
        d.Message
    );

    static readonly FrozenDictionary<CebType, DocumentType> ByReceipt = All.Select(d => (d.Receipt, d.Type))
        .Append((CebType.TaxBill, DocumentType.DeclarationList))
        .Append((CebType.TaxBillState, DocumentType.DeclarationList))
        .ToFrozenDictionary(d => d.Item1, d => d.Item2);

    /// <summary>All that is known of a type.</summary>
    public static DocumentDescriptor Descriptor(this DocumentType type) => All[(int)type];

    /// <summary>The descriptor of the document that a declaration message carries, or null for receipts.</summary>
    public static DocumentDescriptor? DescriptorOfMessage(CebType message) =>
        ByMessage.GetValueOrDefault(message);

    /// <summary>The document that a declaration message carries, or null for receipts.</summary>
    public static DocumentType? OfMessage(CebType message) => DescriptorOfMessage(message)?.Type;

    /// <summary>The document that a receipt answers; tax bills answer the list; null for CEB900.</summary>
    public static DocumentType? OfReceipt(CebType receipt) =>
        ByReceipt.TryGetValue(receipt, out var type) ? type : null;

    public static CebType MessageType(this DocumentType type) => type.Descriptor().Message;

    public static CebType ReceiptType(this DocumentType type) => type.Descriptor().Receipt;

    public static string Name(this DocumentType type) => type.Descriptor().Name;

    public static string Chinese(this DocumentType type) => type.Descriptor().Chinese;
}
