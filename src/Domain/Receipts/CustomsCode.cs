using System.Globalization;
using System.Text.RegularExpressions;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Receipts;

/// <summary>What a returnStatus means for the document it answers.</summary>
public enum Verdict
{
    /// <summary>On its way or decided in its favour; kept and shown.</summary>
    Progress,

    /// <summary>Refused; the document may be corrected and sent again.</summary>
    Refused,

    /// <summary>A technical failure that the same document may survive at the next try.</summary>
    Retry,

    /// <summary>Customs has no such document: the same goes again, unless customs has had it before.</summary>
    NeverGot,

    /// <summary>Doubt ("already declared", "wrong state", an unknown negative of the list): ask customs, never refuse or void.</summary>
    Ask,
}

/// <summary>The codes of <c>returnStatus</c> (SPEC22, receipts): rank, verdict and the parcel state they lead to.</summary>
public static partial class CustomsCode
{
    /// <summary>Negative codes that say the data are wrong and nothing was kept.</summary>
    static readonly HashSet<int> DataErrors =
    [
        -10101,
        -10102,
        -301001,
        -301002,
        -301007,
        -301008,
        -301015,
        -401005,
        -401009,
        -401013,
        -504010,
        -504000,
        -504011,
        -504013,
        -505000,
        -505010,
        -505011,
        -505013,
        -621000,
        -621001,
        -621002,
        -621003,
        -621005,
        -621015,
        -621016,
        -621018,
        -621019,
        -621020,
        -621021,
        -621022,
        -621024,
        -621026,
        -621028,
        -621029,
        -621030,
        -623000,
        -623001,
        -623002,
        -623003,
        -623008,
        -623012,
        -623017,
        -623021,
        -623026,
        -623029,
        -625001,
        -625003,
        -625005,
        -625006,
        -625007,
        -625008,
        -625009,
        -625010,
        -625011,
        -625012,
        -625013,
        -625014,
        -625015,
        -625028,
        -625204,
        -625208,
        -625209,
        -800000,
        -800001,
        -800002,
        -800006,
    ];

    /// <summary>4 and the system errors: the same document may go again without change.</summary>
    static readonly HashSet<int> SystemErrors =
    [
        4,
        -301013,
        -401011,
        -505015,
        -621008,
        -621009,
        -621013,
        -621014,
        -621017,
        -621025,
        -621027,
        -623006,
        -623007,
        -623016,
        -625027,
        -800004,
    ];

    /// <summary>Customs looks for the document that it answers and has none: order, payment, list by its guid.</summary>
    static readonly HashSet<int> NotFound = [-301003, -301004, -301005, -401001, -401002, -401004, -621006];

    /// <summary>The number of a returnStatus; null for text that is no number (kept and shown, never success).</summary>
    public static int? Parse(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    /// <summary>What the code means for a document of this type.</summary>
    public static Verdict VerdictOf(DocumentType type, int code) =>
        code switch
        {
            100 => Verdict.Refused,
            _ when SystemErrors.Contains(code) => Verdict.Retry,
            > 0 => Verdict.Progress,
            _ when DataErrors.Contains(code) => Verdict.Refused,
            _ when NotFound.Contains(code) => Verdict.NeverGot,
            _ when type == DocumentType.DeclarationList || !IsUnknown(code) => Verdict.Ask,
            _ => Verdict.Refused,
        };

    /// <summary>A negative number that the official table (SPEC22 section 7) does not have: what it means stands in its text alone.</summary>
    public static bool IsUnknown(int code) => code < 0 && !IsInTable(code);

    static bool IsInTable(int code) =>
        -code
            is 10101
                or 10102
                or (>= 301001 and <= 301015)
                or (>= 401001 and <= 401013)
                or 504000
                or (>= 504010 and <= 504016)
                or 505000
                or (>= 505010 and <= 505017)
                or (>= 621000 and <= 621030)
                or (>= 623000 and <= 623029)
                or (>= 625001 and <= 625033)
                or (>= 625200 and <= 625209)
                or (>= 800000 and <= 800006);

    /// <summary>1 &lt; 2 &lt; 4 &lt; 3 &lt; 120 &lt; 300 ≈ 500 ≈ 600 &lt; 399 &lt; {100, 501–599, 700, 800} &lt; 899; unknown positive codes rank with 300.</summary>
    public static int Rank(int code) =>
        code switch
        {
            1 => 1,
            2 => 2,
            4 => 3,
            3 => 4,
            120 => 5,
            300 or 400 or 500 or 600 => 6,
            399 => 7,
            100 or 700 or 800 or (>= 501 and <= 599) => 8,
            899 => 9,
            < 0 => 8,
            _ => 6,
        };

    /// <summary>Ends the document's way through customs: a late receipt of this kind still counts.</summary>
    public static bool IsTerminal(DocumentType type, int code) =>
        code is 100 or 700 or 800 or 899 || (code < 0 && VerdictOf(type, code) == Verdict.Refused);

    /// <summary>
    /// Customs has granted a cancellation (399) or a return (399 by the table; 800 in practice, after 300 "awaits a person").
    /// </summary>
    public static bool Grants(DocumentType request, int code) =>
        code == 399 || (request == DocumentType.Return && code == 800);

    /// <summary>The parcel state that a list's receipt leads to; null for codes that lead nowhere (unknown ones are kept and shown).</summary>
    public static ParcelStatus? StatusOf(int code) =>
        code switch
        {
            1 or 2 or 3 or 4 => ParcelStatus.Declared,
            120 or 300 or 399 or 400 => ParcelStatus.AtCustoms,
            500 => ParcelStatus.Inspected,
            >= 501 and <= 600 => ParcelStatus.Detained,
            700 => ParcelStatus.ReturnedAbroad,
            800 => ParcelStatus.Released,
            899 => ParcelStatus.Closed,
            100 => ParcelStatus.Rejected,
            < 0 when VerdictOf(DocumentType.DeclarationList, code) == Verdict.Refused =>
                ParcelStatus.Rejected,
            _ => null,
        };

    /// <summary>
    /// Customs refuses the list because its buyer is over a limit: -621005 (one transaction), -621018 (the year), or a refusal whose
    /// text has customs' own number 1313 (the year), as most of them do in practice.
    /// </summary>
    public static bool SaysOverLimit(int code, string info) =>
        VerdictOf(DocumentType.DeclarationList, code) == Verdict.Refused
        && (code is OverSingleLimit or OverAnnualLimit || OverYear().IsMatch(info));

    /// <summary>The limit of one transaction: it says nothing of the buyer's year.</summary>
    public const int OverSingleLimit = -621005;

    /// <summary>The limit of the buyer's year.</summary>
    const int OverAnnualLimit = -621018;

    [GeneratedRegex(@"\bCode\s*[:：]\s*1313\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OverYear();

    /// <summary>The document has at least reached this level at customs.</summary>
    public static bool Reached(int? code, Participants.AcceptedLevel level) =>
        code is > 0 and not 4 and not 100 && Rank(code.Value) >= Rank((int)level);
}
