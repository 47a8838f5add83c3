namespace ClearanceEngine.Parcels;

/// <summary>
/// The name of an effect outside its parcel: parcels of several platforms share a grain, and each counts its revisions by itself.
/// So the way out, the outbound log and what comes back of them speak of the platform, too.
/// </summary>
/// <param name="EbpCode">Platform of the parcel; empty for what is no parcel's yet.</param>
/// <param name="Id">The effect's name inside the parcel, see <see cref="Effect.Id"/>.</param>
public readonly record struct EffectName(string EbpCode, string Id)
{
    /// <summary>The name of a text that <see cref="ToString"/> made.</summary>
    public static EffectName Parse(string text)
    {
        var end = text.IndexOf('/', StringComparison.Ordinal);
        return end < 0
            ? new EffectName("", text)
            : new EffectName(GrainKey.Unescape(text[..end]), text[(end + 1)..]);
    }

    /// <summary><c>{ebpCode}/{id}</c>, the code escaped.</summary>
    public override string ToString() => EbpCode.Length == 0 ? $"/{Id}" : $"{GrainKey.Escape(EbpCode)}/{Id}";
}
