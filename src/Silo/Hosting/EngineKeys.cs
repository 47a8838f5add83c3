using System.Globalization;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Where keys came from that no setting gave.</summary>
/// <param name="Ring">The file of the ring's keys; null where they are set.</param>
/// <param name="Identity">The file of the subscribers' key; null where it is set.</param>
sealed record KeyFiles(string? Ring, string? Identity);

/// <summary>A key of this engine that what is stored depends on.</summary>
/// <param name="Name">The setting that holds it.</param>
/// <param name="File">The file it came from; null for the setting itself.</param>
/// <param name="Fingerprint">See <see cref="KeyFingerprint"/>.</param>
/// <param name="IsInUse">False for a key of the ring that is not the current one: this engine writes nothing under it.</param>
sealed record EngineKey(string Name, string? File, string Fingerprint, bool IsInUse);

/// <summary>All keys that what is stored depends on: that by which people are known, and the ring that encrypts.</summary>
sealed class EngineKeys
{
    /// <summary>The subscribers' key.</summary>
    public const string Identity = "Identity:HmacKey";

    /// <summary>States that hold hashes made with the subscribers' key.</summary>
    public static readonly IReadOnlyList<string> StatesOfPeople = ["subscriber", "parcel"];

    const string RingPrefix = "Storage:Keys:Ring:";

    /// <param name="ring">The ring.</param>
    /// <param name="identity">Settings of the subscribers' key.</param>
    /// <param name="files">Where they came from.</param>
    /// <exception cref="ArgumentException">A key cannot work; the text names its setting.</exception>
    public EngineKeys(StateKeyOptions ring, IdentityOptions identity, KeyFiles files)
    {
        var ofPeople = SubscriberIdentity.ReadKey(identity);
        All =
        [
            new(Identity, files.Identity, KeyFingerprint.Of(ofPeople, Identity), IsInUse: true),
            .. ring.Read().Select(k => OfRing(k.Key, k.Value, k.Key == ring.Current, files.Ring)),
        ];
    }

    public IReadOnlyList<EngineKey> All { get; }

    /// <summary>The setting of a key of the ring.</summary>
    public static string NameOf(byte id) => string.Create(CultureInfo.InvariantCulture, $"{RingPrefix}{id}");

    /// <summary>The id of a key of the ring by its setting; null for any other name.</summary>
    public static byte? RingId(string name) =>
        name.StartsWith(RingPrefix, StringComparison.OrdinalIgnoreCase)
        && byte.TryParse(
            name.AsSpan(RingPrefix.Length),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var id
        )
            ? id
            : null;

    static EngineKey OfRing(byte id, byte[] key, bool isCurrent, string? file) =>
        new(NameOf(id), file, KeyFingerprint.Of(key, NameOf(id)), isCurrent);
}
