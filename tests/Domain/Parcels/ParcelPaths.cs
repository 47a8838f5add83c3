using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A straight way into each of the states.</summary>
static class ParcelPaths
{
    public const string PreNo = "B20261124000000001",
        InvtNo = "99992026I000000001";

    public static void LeadTo(this ParcelWorld world, ParcelStatus status)
    {
        var p = world.Sample;
        switch (status)
        {
            case ParcelStatus.Staged:
                world.Submit((p with { AppStatus = "1" }).Order());
                break;
            case ParcelStatus.Collecting:
                world.Submit(p.Order());
                world.Settle();
                break;
            case ParcelStatus.Matched:
                foreach (var document in new[] { p.Order(), p.Payment(), p.Waybill(), p.List() })
                    world.Submit(document);
                break;
            case ParcelStatus.Reserved:
                world.LeadTo(ParcelStatus.Matched);
                world.Settle();
                break;
            case ParcelStatus.Declared:
                world.Declare();
                break;
            case ParcelStatus.AtCustoms:
                FromDeclared(120);
                break;
            case ParcelStatus.Inspected:
                FromDeclared(500);
                break;
            case ParcelStatus.Detained:
                FromDeclared(501);
                break;
            case ParcelStatus.Rejected:
                FromDeclared(100);
                break;
            case ParcelStatus.ReturnedAbroad:
                FromDeclared(700);
                break;
            case ParcelStatus.Released:
                FromDeclared(800);
                break;
            case ParcelStatus.Departed:
                FromDeclared(800);
                world.Decide(new GoodsDeparted(world.Now));
                break;
            case ParcelStatus.Closed:
                world.LeadTo(ParcelStatus.Departed);
                world.Answer(DocumentType.DeclarationList, 899, PreNo, InvtNo);
                break;
            case ParcelStatus.CancelRequested:
                FromDeclared(800);
                world.Submit(p.Cancellation(InvtNo));
                world.Settle();
                break;
            case ParcelStatus.Cancelled:
                world.LeadTo(ParcelStatus.CancelRequested);
                world.Answer(DocumentType.Cancellation, 399);
                break;
            case ParcelStatus.ReturnRequested:
                Return((1, 2), (2, 1));
                break;
            case ParcelStatus.Returned:
                Return((1, 2), (2, 1));
                world.Answer(DocumentType.Return, 399);
                break;
            case ParcelStatus.PartlyReturned:
                Return((1, 1));
                world.Answer(DocumentType.Return, 399);
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(status),
                    status,
                    "No way leads into this state."
                );
        }

        void FromDeclared(int code)
        {
            world.Declare();
            world.Answer(DocumentType.DeclarationList, code, PreNo, InvtNo);
        }

        void Return(params (int Line, int Quantity)[] lines)
        {
            world.LeadTo(ParcelStatus.Departed);
            world.Submit(p.Return(InvtNo, lines));
            world.Settle();
        }
    }
}
