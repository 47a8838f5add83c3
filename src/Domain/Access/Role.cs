namespace ClearanceEngine.Access;

/// <summary>Who a caller is to the platform; what each may do stands in <see cref="RightsTable"/>. On the wire by its <see cref="WireName"/>.</summary>
public enum Role
{
    /// <summary>A participant, its people or its systems: platform, merchant, payment company, carrier, declarant.</summary>
    Company,

    /// <summary>A supervised site, where the goods are and from where they depart.</summary>
    Site,

    /// <summary>Who runs the engine and helps parcels on.</summary>
    Operator,

    /// <summary>Who looks at what was done, and changes nothing.</summary>
    Auditor,

    /// <summary>Who says who may come in; of parcels and people it sees nothing (separation of duties).</summary>
    Administrator,
}
