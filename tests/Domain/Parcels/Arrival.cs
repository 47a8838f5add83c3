using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Something that arrives for a parcel: a document, good or wrong, or the answer of customs to one.</summary>
/// <param name="Document">The document, or the one that customs answers.</param>
/// <param name="Code">The answer's returnStatus; null for the document itself.</param>
/// <param name="Wrong">What intake found wrong with the document.</param>
sealed record Arrival(CebDocument Document, int? Code = null, Problem? Wrong = null)
{
    public DocumentType Kind => DocumentTypes.OfMessage(Document.Type)!.Value;

    /// <summary>Customs answers what it has got, so an answer cannot come before its document left.</summary>
    public bool MayArrive(ParcelWorld world) => Code is null || world.LeftAt.ContainsKey(Guid);

    /// <summary>The parcel decides. The answer says the same however late and however often it comes.</summary>
    public void Arrive(ParcelWorld world)
    {
        if (Code is not { } code)
        {
            world.Submit(Document, Wrong is null ? [] : [Wrong]);
            return;
        }
        var answered = world.LeftAt[Guid].AddMilliseconds(CustomsCode.Rank(code));
        var receipt = OwnReceipt.Make(Kind, Document, code, $"[Code:{code}]", answered);
        world.Decide(
            new ReceiptArrived(
                new CustomsAnswer(
                    receipt.With(receipt.Schema.Head.Find("guid")!, UuidV5.Of("customs", Guid, $"{code}")),
                    world.Now
                )
            )
        );
    }

    public override string ToString() =>
        $"{Kind} {Document[Document.Schema.Head.Find("appTime")!]}{(Code is null ? "" : $" answered {Code}")}{(Wrong is null ? "" : " wrong")}";

    string Guid => Document[Document.Schema.Head.Find("guid")!]!;
}
