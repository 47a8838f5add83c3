using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Participants;

/// <summary>How many different companies must stand behind a parcel's documents; the sources disagree (seed 六.2, 六.3).</summary>
public enum DifferentSubjects
{
    /// <summary>Not checked.</summary>
    Off,

    /// <summary>Order, payment and waybill from three companies.</summary>
    Three,

    /// <summary>Order, payment, waybill and list from four companies.</summary>
    Four,
}

/// <summary>Which answer of customs to a document lets its successors leave.</summary>
public enum AcceptedLevel
{
    /// <summary>It was sent.</summary>
    Sent = 0,

    /// <summary>The E-Port is declaring it (2).</summary>
    Declaring = 2,

    /// <summary>It is stored at customs (120).</summary>
    Stored = 120,
}

/// <summary>What to do with the order of a buyer known to be over the annual limit (进口超额拦截).</summary>
public enum Interception
{
    Off,

    /// <summary>Keep the order, and tell its sender the used amount and the limit.</summary>
    Warn,

    /// <summary>Refuse the order; whom customs called over the limit of one transaction alone (-621005) is only warned of.</summary>
    Refuse,
}

/// <summary>Rules that differ from port to port and on which the sources disagree. An engine serves one port: this is that port's set.</summary>
public sealed class CustomsPortOptions
{
    /// <summary>Different subjects for 9610. Default three.</summary>
    public DifferentSubjects DirectSubjects { get; set; } = DifferentSubjects.Three;

    /// <summary>Different subjects for 1210. Default four (order, payment, waybill, warehouse).</summary>
    public DifferentSubjects BondedSubjects { get; set; } = DifferentSubjects.Four;

    /// <summary>Whether a merchant or platform may declare its own lists. Default false.</summary>
    public bool MerchantDeclaresLists { get; set; }

    /// <summary>Whether a bonded logistics company may declare 1210 lists. Default false (the warehouse does).</summary>
    public bool BondedLogisticsDeclaresLists { get; set; }

    /// <summary>Whether direct logistics (express, post) may send order and payment for others (194号: 9610 only). Default false.</summary>
    public bool LogisticsSendsForOthers { get; set; }

    /// <summary>The answer of customs that lets the next document leave. Default 2.</summary>
    public AcceptedLevel AcceptedLevel { get; set; } = AcceptedLevel.Declaring;

    /// <summary>Orders of buyers known to be over the limit, by the engine's own count or because customs said so. Default warn.</summary>
    public Interception Interception { get; set; } = Interception.Warn;

    /// <summary>Whether payer and buyer must be one person (26号, 194号 article 9). Default true.</summary>
    public bool PayerIsBuyer { get; set; } = true;

    /// <summary>Whether id numbers must pass the check digit of GB 11643. Default true.</summary>
    public bool CheckIdNumbers { get; set; } = true;

    /// <summary>Whether the declarant may guarantee the tax, beside platform, merchant and logistics (schema comment of 2018). Default false.</summary>
    public bool DeclarantGuarantees { get; set; }

    /// <summary>Whether people's names match that differ only by dots that look alike (U+00B7, U+2022, U+2027, U+30FB …) or by blanks at their ends. They go on as they are. Default true.</summary>
    public bool LookAlikeNames { get; set; } = true;

    /// <summary>Whether a unit price may have been rounded: a line's total may differ from price × qty by half a unit of the price's last digit (the fen at least) for each piece. Default true.</summary>
    public bool RoundedPrices { get; set; } = true;

    /// <summary>Whether cancellation and return carry the copNo of the list that they speak of, as customs' receipts echo it; false where declarants number them by themselves. Default true.</summary>
    public bool FollowUpsNameListCopNo { get; set; } = true;

    /// <summary>Whether the periods of 45号 for returns are checked, both counted from the list's release. Default true.</summary>
    public bool ReturnPeriods { get; set; } = true;

    /// <summary>Days after the release within which a return is to be applied for; later ones are refused. Default 30.</summary>
    [Range(1, 3650)]
    public int ReturnAppliedWithinDays { get; set; } = 30;

    /// <summary>Days after the release within which returned goods are to be back; past that the parcel shows an open problem. Default 45.</summary>
    [Range(1, 3650)]
    public int ReturnedWithinDays { get; set; } = 45;

    /// <summary>Whether a 1210 list may fill elements that it is exempt from (trafNo, voyageNo, billNo); they go on as they are. Default true: exempt is not forbidden.</summary>
    public bool ExemptMayBeFilled { get; set; } = true;
}
