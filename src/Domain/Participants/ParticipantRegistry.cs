using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClearanceEngine.Participants;

/// <summary>The registry read from a JSON file; refuses a file with any entry that it does not understand.</summary>
public sealed class ParticipantRegistry : IParticipantRegistry
{
    /// <summary>How an entry of the file is read.</summary>
    public static JsonSerializerOptions FileFormat { get; } =
        new(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            },
        };

    /// <summary>Modes that exist at such a port.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["9610", "1210"];

    readonly FrozenDictionary<string, Participant> _byCode;

    /// <exception cref="InvalidDataException">An entry cannot work, or a code appears twice; the text says which and why.</exception>
    public ParticipantRegistry(IEnumerable<Participant> participants, string source)
    {
        var rows = participants
            .Select((p, i) => new JsonRow<Participant>(p, $"$[{i}]", 1, NoLines))
            .ToArray();
        if (FaultsOf(rows).ToArray() is { Length: > 0 } faults)
            throw new InvalidDataException(
                $"{source}: {string.Join('\n', faults.Select(f => $"{f.Path}: {f.Text}"))}"
            );
        _byCode = rows.Select(r => r.Value).ToFrozenDictionary(p => p.Code, StringComparer.Ordinal);
    }

    static readonly FrozenDictionary<string, int> NoLines = FrozenDictionary<string, int>.Empty;

    public Participant? Find(string code) => _byCode.GetValueOrDefault(code);

    public IReadOnlyCollection<Participant> All => _byCode.Values;

    /// <summary>The invented participants of the development set, which is part of the assembly.</summary>
    public static ParticipantRegistry Development { get; } =
        Load(DevelopmentSet(), "development participants");

    /// <summary>Reads a registry.</summary>
    /// <param name="json">Contents of the file.</param>
    /// <param name="source">Where it came from, for the exception's text.</param>
    /// <exception cref="InvalidDataException">It cannot be used; all that is wrong is listed.</exception>
    public static ParticipantRegistry Load(byte[] json, string source)
    {
        var (participants, faults) = Read(json);
        return faults.IsEmpty
            ? new ParticipantRegistry(participants, source)
            : throw new InvalidDataException($"{source}: {string.Join('\n', faults)}");
    }

    /// <summary>All that is wrong with a file's contents, each with its line and field; none where it can be used.</summary>
    public static ImmutableArray<string> Faults(byte[] json) => Read(json).Faults;

    static (ImmutableArray<Participant> Participants, ImmutableArray<string> Faults) Read(byte[] json)
    {
        var read = JsonRows.Read<Participant>(json, FileFormat);
        if (read is { Rows.IsEmpty: true, Faults.IsEmpty: true })
            return ([], ["没有任何企业。It names no participant; without one nobody could send anything."]);

        var faults = read.Faults.Concat(FaultsOf(read.Rows)).OrderBy(f => f.Line);
        return ([.. read.Rows.Select(r => r.Value)], [.. faults.Select(f => f.ToString())]);
    }

    static byte[] DevelopmentSet()
    {
        using var stream = typeof(ParticipantRegistry).Assembly.GetManifestResourceStream(
            "ClearanceEngine.Participants.development-participants.json"
        )!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    static IEnumerable<FileFault> FaultsOf(IReadOnlyCollection<JsonRow<Participant>> rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            foreach (var fault in FaultsOf(row))
                yield return fault;
            if (!seen.Add(row.Value.Code))
                yield return row.Fault(
                    "code",
                    $"企业 {row.Value.Code} 重复。Participant {row.Value.Code} appears twice."
                );
        }
        foreach (var fault in rows.SelectMany(row => PrincipalFaultsOf(row, seen)))
            yield return fault;
    }

    static IEnumerable<FileFault> PrincipalFaultsOf(JsonRow<Participant> row, HashSet<string> known)
    {
        var code = row.Value.Code;
        foreach (var (i, principal) in row.Value.TransmitsFor.Index())
        {
            if (principal == code || !known.Contains(principal))
                yield return row.Fault(
                    $"transmitsFor[{i}]",
                    $"{Clip.Quote(principal)} 应为名录中另一企业的编码。{Clip.Quote(principal)} must be the code of another company of this file."
                );
        }
    }

    static IEnumerable<FileFault> FaultsOf(JsonRow<Participant> row)
    {
        var participant = row.Value;
        var code = participant.Code;
        if (!ParticipantCode.IsValid(code))
            yield return row.Fault(
                "code",
                $"{Clip.Quote(code)} 应为 10 位海关编码或 18 位信用代码。{Clip.Quote(code)} must be 10 (customs) or 18 (credit code) letters and digits."
            );
        if (string.IsNullOrWhiteSpace(participant.Name))
            yield return row.Fault("name", $"企业 {code} 没有名称。Participant {code} has no name.");
        if (participant.Roles.IsDefaultOrEmpty && participant.TransmitsFor.IsDefaultOrEmpty)
            yield return row.Fault(
                "roles",
                $"企业 {code} 应至少有一个角色，或在 transmitsFor 中列出其代为传输的企业。roles of {code} is empty; give at least one, or name in transmitsFor whom it transmits for."
            );
        foreach (
            var (i, mode) in participant
                .Modes.Index()
                .Where(m => !Modes.Contains(m.Item, StringComparer.Ordinal))
        )
            yield return row.Fault(
                $"modes[{i}]",
                $"{Clip.Quote(mode)} 应为 9610 或 1210。{Clip.Quote(mode)} must be 9610 or 1210."
            );
        foreach (var (i, district) in participant.Customs.Index().Where(c => !IsDistrict(c.Item)))
            yield return row.Fault(
                $"customs[{i}]",
                $"{Clip.Quote(district)} 应为 4 位关区代码。{Clip.Quote(district)} must be a customs district of 4 digits."
            );
        foreach (var (i, _) in participant.Certificates.Index().Where(c => !IsCertificate(c.Item)))
            yield return row.Fault(
                $"certificates[{i}]",
                $"企业 {code} 的证书不是 base64 DER。certificates of {code} holds a text that is no base64 DER certificate."
            );
        if (participant is { Signing: SigningMode.Own, Certificates.Length: 0 })
            yield return row.Fault(
                "certificates",
                $"企业 {code} 自行加签（signing own），应至少有一张证书。Participant {code} signs itself (signing own), so certificates must hold at least one."
            );
        if (participant is { Signing: SigningMode.Own, MustSign: SignatureRule.Never })
            yield return row.Fault(
                "mustSign",
                $"企业 {code} 自行加签（signing own），mustSign 不能为 never。Participant {code} signs itself (signing own), so mustSign cannot be never; leave it out."
            );
    }

    static bool IsDistrict(string text) => text.Length == 4 && text.All(char.IsAsciiDigit);

    static bool IsCertificate(string base64)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64));
            return true;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
