namespace ClearanceEngine.Access;

/// <summary>
/// What can be done here: a resource and an act on it. What each is called stands in its <see cref="RightDescriptor"/>, who has
/// it in <see cref="RightsTable"/>.
/// </summary>
public enum Right
{
    /// <summary>Send documents for a participant.</summary>
    SubmitDocuments,

    /// <summary>See a parcel, as far as it is shown to the caller (ADR 028).</summary>
    ReadParcels,

    /// <summary>Have customs asked about a parcel now.</summary>
    AskCustoms,

    /// <summary>Have a document sent to customs once more.</summary>
    ResendDocuments,

    /// <summary>End the engine's own work on a parcel.</summary>
    CloseParcels,

    /// <summary>Say that the goods of a parcel have departed.</summary>
    DepartGoods,

    /// <summary>See what a person has used of the annual quota.</summary>
    ReadQuota,

    /// <summary>See what was set aside.</summary>
    ReadDeadLetters,

    /// <summary>Have what was set aside tried again.</summary>
    RetryDeadLetters,

    /// <summary>See who did what.</summary>
    ReadAuditTrail,

    /// <summary>See how each part of the engine is.</summary>
    ReadHealthDetails,

    /// <summary>Say who may come in, and as what.</summary>
    ManageAccess,
}
