namespace ClearanceEngine.Parcels;

/// <summary>
/// What a parcel is called: its platform and the order number that this gave. Several platforms may use one order number, and
/// their parcels share a grain (ADR 025).
/// </summary>
/// <param name="EbpCode">Code of the platform.</param>
/// <param name="OrderNo">Its order number.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.name")]
public readonly record struct ParcelName([property: Id(0)] string EbpCode, [property: Id(1)] string OrderNo)
{
    /// <summary>Key of the grain, and of the row, that has it.</summary>
    public string GrainKey => ClearanceEngine.GrainKey.Parcels(OrderNo);

    /// <summary>The name that its reservation of this attempt has with its subscriber.</summary>
    public string Reservation(int attempt) => $"{this}#{attempt}";

    /// <summary><c>{ebpCode}/{orderNo}</c>, each escaped.</summary>
    public override string ToString() =>
        $"{ClearanceEngine.GrainKey.Escape(EbpCode)}/{ClearanceEngine.GrainKey.Escape(OrderNo)}";
}
