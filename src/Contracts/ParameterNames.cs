namespace ClearanceEngine.Contracts;

/// <summary>Names of the parameters of the HTTP contract, in paths and after a question mark.</summary>
public static class ParameterNames
{
    /// <summary>In a path: the parcel's platform.</summary>
    public const string Platform = "ebpCode";

    /// <summary>In a path: the parcel's order number.</summary>
    public const string Order = "orderNo";

    /// <summary>The parcel that has this waybill.</summary>
    public const string Waybill = "waybill";

    /// <summary>The parcel that has this payment.</summary>
    public const string Payment = "payment";

    /// <summary>The parcel that has this list.</summary>
    public const string List = "list";

    /// <summary>Who numbered waybill, payment or list.</summary>
    public const string Company = "company";

    /// <summary>Which type of document is sent again.</summary>
    public const string Document = "document";

    /// <summary>Which of several of a type.</summary>
    public const string Number = "number";

    /// <summary>Entries of the audit trail by this caller.</summary>
    public const string Actor = "actor";

    /// <summary>Entries about this subject.</summary>
    public const string Subject = "subject";

    /// <summary>Entries by this right.</summary>
    public const string Right = "right";

    /// <summary>Entries from this time on.</summary>
    public const string Since = "since";

    /// <summary>Entries before this time.</summary>
    public const string Until = "until";

    /// <summary>What the page before called next.</summary>
    public const string Cursor = "cursor";

    /// <summary>Most entries of a page.</summary>
    public const string Limit = "limit";

    /// <summary>Whose changes.</summary>
    public const string Participant = "participant";

    /// <summary>Changes behind this place.</summary>
    public const string After = "after";

    /// <summary>How long a poll waits, in seconds.</summary>
    public const string Wait = "wait";
}
