namespace ClearanceEngine.Subscribers;

/// <summary>
/// The annual quota of one person; key <see cref="GrainKey.Subscriber"/>. Every answer is given after the write that
/// holds it; every call may be repeated under its name.
/// </summary>
[Alias("clearance.subscriber")]
public interface ISubscriberGrain : IGrainWithStringKey
{
    /// <param name="id">Parcel key and attempt, <c>{parcelKey}#{attempt}</c>.</param>
    /// <param name="replaces">The reservation of the attempt before, ended in the same step; or null.</param>
    /// <param name="amountFen">Amount in fen.</param>
    /// <param name="year">Beijing calendar year.</param>
    [Alias("reserve")]
    Task<ReserveAnswer> Reserve(string id, string? replaces, long amountFen, int year);

    /// <summary>Customs released the list. Amount and year are taken if the reservation is unknown.</summary>
    [Alias("post")]
    Task Post(string id, long amountFen, int year);

    /// <summary>The list was refused or given up.</summary>
    [Alias("void")]
    Task Void(string id);

    /// <summary>An accepted cancellation or return. Returns what was given back, in fen.</summary>
    [Alias("give-back")]
    Task<long> GiveBack(string id, string giveBackId, long amountFen);

    /// <summary>Customs said that this person is over a limit.</summary>
    /// <param name="year">Beijing calendar year.</param>
    /// <param name="customsCode">The returnStatus by which it said so.</param>
    [Alias("flag-over")]
    Task FlagOver(int year, int customsCode);

    [Alias("standing")]
    Task<Standing> Standing(int year);
}
