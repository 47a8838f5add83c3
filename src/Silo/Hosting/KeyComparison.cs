using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What a comparison of keys came to.</summary>
/// <param name="Known">What the database shall know from now on.</param>
/// <param name="Faults">Why the engine must not start, a text each; where there is one, nothing is entered.</param>
sealed record KeyVerdict(IReadOnlyList<DatabaseKey> Known, IReadOnlyList<string> Faults);

/// <summary>
/// The engine's keys against those that its database depends on (ADR 016). A key that is new to the database is entered;
/// one that differs from what it knows under that name, or that is missing though rows need it, is a fault. Pure.
/// </summary>
/// <param name="place">The database, for people.</param>
/// <param name="now">When what is new is entered.</param>
sealed class KeyComparison(string place, DateTimeOffset now)
{
    const string Guide = "docs/howto/keys.md";

    /// <param name="known">What the database knows.</param>
    /// <param name="ours">What the engine was given.</param>
    public KeyVerdict Compare(IReadOnlyList<DatabaseKey> known, IReadOnlyList<EngineKey> ours)
    {
        var knownByName = known.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var different = ours.Where(o =>
            knownByName.TryGetValue(o.Name, out var k) && k.Fingerprint != o.Fingerprint
        );
        var missing = known
            .Where(k => k.InUse && EngineKeys.RingId(k.Name) is not null)
            .ExceptBy(ours.Select(o => o.Name), k => k.Name);
        string[] faults =
        [
            .. different.Select(o => Different(o, knownByName[o.Name])),
            .. missing.Select(Missing),
        ];

        return faults.Length > 0 ? new(known, faults) : new(Merge(knownByName, ours), []);
    }

    List<DatabaseKey> Merge(Dictionary<string, DatabaseKey> known, IReadOnlyList<EngineKey> ours)
    {
        var merged = new Dictionary<string, DatabaseKey>(known, StringComparer.Ordinal);
        foreach (var key in ours)
        {
            merged[key.Name] = known.TryGetValue(key.Name, out var before)
                ? before with
                {
                    InUse = before.InUse || key.IsInUse,
                }
                : new(key.Name, key.Fingerprint, now.ToUnixTimeMilliseconds(), key.IsInUse);
        }
        return [.. merged.Values];
    }

    string Different(EngineKey given, DatabaseKey known)
    {
        var origin = given.File ?? given.Name;
        var since = Since(known);
        return given.Name == EngineKeys.Identity
            ? $"{given.Name} 不是 {place} 自 {since} 起所用的密钥（所给指纹 {given.Fingerprint}，应为 {known.Fingerprint}，来源 {origin}）；换了密钥，每个订购人都会得到一份新的年度额度。请改回原密钥，见 {Guide}。"
                + $"{given.Name} is not the key that {place} has used since {since}: the one from {origin} has the fingerprint {given.Fingerprint}, the other {known.Fingerprint}. With another key each subscriber would have a new annual quota. Give it the former key; where no parcel is stored yet, `keys forget {given.Name}` lets the next start take a new one ({Guide})."
            : $"{given.Name} 不是 {place} 自 {since} 起所用的密钥（所给指纹 {given.Fingerprint}，应为 {known.Fingerprint}，来源 {origin}）；用它无法解密已存的数据。请改回原密钥，新密钥请用新的编号，见 {Guide}。"
                + $"{given.Name} is not the key that {place} has used since {since}: the one from {origin} has the fingerprint {given.Fingerprint}, the other {known.Fingerprint}. What is stored could not be decrypted with it. Give it the former key; a new key gets a number of its own ({Guide}).";
    }

    string Missing(DatabaseKey known)
    {
        var since = Since(known);
        return $"缺少密钥 {known.Name}（指纹 {known.Fingerprint}）：{place} 自 {since} 起用它加密过数据。请补上该密钥，见 {Guide}。"
            + $"The key {known.Name} (fingerprint {known.Fingerprint}) is not given, but {place} has been written with it since {since}: what it encrypted could not be read. Add it again, beside the current one ({Guide}).";
    }

    /// <summary>In Beijing's time, as all that people read.</summary>
    public static string Since(DatabaseKey key) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(key.Since)
            .ToOffset(CebTime.BeijingOffset)
            .ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
}
