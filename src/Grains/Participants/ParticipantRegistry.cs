using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClearanceEngine.Participants;

/// <summary>The registry read from a JSON file; refuses a file with any entry that it does not understand.</summary>
public sealed class ParticipantRegistry : IParticipantRegistry
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    readonly FrozenDictionary<string, Participant> _byCode;

    public ParticipantRegistry(IEnumerable<Participant> participants, string source)
    {
        var byCode = new Dictionary<string, Participant>(StringComparer.Ordinal);
        foreach (var participant in participants)
        {
            var where = $"{source}, participant '{participant.Code}'";
            if (participant.Code.Length is not (10 or 18) || !participant.Code.All(char.IsAsciiLetterOrDigit))
                throw new InvalidDataException(
                    $"{where}: code must be 10 (customs) or 18 (credit code) letters and digits."
                );
            if (participant.Roles.Length == 0)
                throw new InvalidDataException($"{where}: roles is empty; give at least one.");
            foreach (var certificate in participant.Certificates)
                CheckCertificate(certificate, where);
            if (participant is { Signing: SigningMode.Own, Certificates.Length: 0 })
                throw new InvalidDataException(
                    $"{where}: signs itself (signing own), so certificates must hold at least one."
                );
            if (!byCode.TryAdd(participant.Code, participant))
                throw new InvalidDataException($"{where}: appears twice.");
        }
        _byCode = byCode.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public Participant? Find(string code) => _byCode.GetValueOrDefault(code);

    public IReadOnlyCollection<Participant> All => _byCode.Values;

    /// <summary>Reads a file; null reads the invented development set that is part of the assembly.</summary>
    public static ParticipantRegistry Load(string? path)
    {
        const string Development = "development participants";
        using var stream = path is null
            ? typeof(ParticipantRegistry).Assembly.GetManifestResourceStream(
                "ClearanceEngine.Participants.development-participants.json"
            )!
            : File.OpenRead(path);
        try
        {
            return new ParticipantRegistry(
                JsonSerializer.Deserialize<Participant[]>(stream, Json) ?? [],
                path ?? Development
            );
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path ?? Development}: {e.Message}", e);
        }
    }

    static void CheckCertificate(string base64, string where)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidDataException(
                $"{where}: certificates holds a text that is no base64 DER certificate.",
                e
            );
        }
    }
}
