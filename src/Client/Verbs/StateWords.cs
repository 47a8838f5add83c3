using ClearanceEngine.Parcels;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>The states of a parcel for people: green is through, red wants somebody, yellow is under way, grey is over.</summary>
static class StateWords
{
    public static (string Chinese, Color Colour) Of(ParcelStatus state) =>
        state switch
        {
            ParcelStatus.Staged => ("暂存", Color.Yellow),
            ParcelStatus.Collecting => ("收单中", Color.Yellow),
            ParcelStatus.Matched => ("已匹配", Color.Yellow),
            ParcelStatus.Reserved => ("额度已预占", Color.Yellow),
            ParcelStatus.Declared => ("已申报", Color.Yellow),
            ParcelStatus.AtCustoms => ("海关审核", Color.Yellow),
            ParcelStatus.Inspected => ("查验", Color.Yellow),
            ParcelStatus.Detained => ("扣留", Color.Red),
            ParcelStatus.Released => ("放行", Color.Green),
            ParcelStatus.Departed => ("已离区/离场", Color.Green),
            ParcelStatus.Closed => ("结关", Color.Green),
            ParcelStatus.Rejected => ("退单", Color.Red),
            ParcelStatus.CancelRequested => ("撤销申请中", Color.Yellow),
            ParcelStatus.Cancelled => ("已撤销", Color.Grey),
            ParcelStatus.ReturnRequested => ("退货申请中", Color.Yellow),
            ParcelStatus.Returned => ("已退货", Color.Grey),
            ParcelStatus.PartlyReturned => ("部分退货", Color.Grey),
            ParcelStatus.ReturnedAbroad => ("退运", Color.Grey),
            _ => ("", Color.Default),
        };
}
