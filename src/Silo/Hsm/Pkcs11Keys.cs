using System.Text;
using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// Keys in a token and the certificates that belong to them. Candidates are the private RSA keys whose CKA_LABEL or CKA_ID
/// is the participant's code, and the certificates with the same CKA_ID or label, or in the configured directory. What
/// proves that two belong together is the modulus, not a name. Of several pairs that are valid now the newest counts.
/// </summary>
sealed class Pkcs11Keys(HsmOptions options, TimeProvider time)
{
    /// <summary>The key of a participant.</summary>
    /// <exception cref="UnknownSigningKeyException">None can be used; the text says why.</exception>
    /// <exception cref="SigningUnavailableException">No private key is to be seen at all.</exception>
    public TokenKey Find(ISession session, string participant)
    {
        var profile = options.ProfileOf(participant);
        var code = Encoding.UTF8.GetBytes(participant);
        var keys = PrivateKeys(session, CKA.CKA_LABEL, code);
        if (keys.Count == 0)
            keys = PrivateKeys(session, CKA.CKA_ID, code);
        if (keys.Count == 0 && session.FindAllObjects([Is(CKO.CKO_PRIVATE_KEY)]).Count == 0)
            throw Empty();
        if (keys.Count == 0)
            throw Unknown(
                participant,
                "has no private RSA key with that label or id; load one or change the participant's signing mode."
            );

        var pairs = keys.SelectMany(key =>
                Certificates(session, code, key.Id, participant)
                    .Where(c => Belong(key, c))
                    .Select(c => (key.Id, Certificate: c))
            )
            .ToList();
        if (pairs.Count == 0)
            throw Unknown(
                participant,
                $"has a private key, but there is no certificate of it, neither in the token nor in Hsm:CertificateDirectory; load the certificate{(options.CertificateDirectory.Length == 0 ? " or name a directory" : "")}."
            );
        var now = time.GetUtcNow();
        var valid = pairs
            .Where(p => p.Certificate.NotBefore <= now && now < p.Certificate.NotAfter)
            .OrderByDescending(p => p.Certificate.NotBefore)
            .ToList();
        if (valid.Count == 0)
            throw Unknown(
                participant,
                $"has only certificates that are not valid now (the last one ended {pairs.Max(p => p.Certificate.NotAfter):yyyy-MM-dd}); load the renewed one."
            );
        return new TokenKey(participant, valid[0].Certificate, profile, Convert.ToHexString(valid[0].Id));
    }

    /// <summary>Any key that could sign, for the canary; null when the keys that are there all lack a certificate.</summary>
    /// <exception cref="SigningUnavailableException">No private key is to be seen at all.</exception>
    public TokenKey? Any(ISession session)
    {
        var keys = session.FindAllObjects([Is(CKO.CKO_PRIVATE_KEY)]);
        if (keys.Count == 0)
            throw Empty();
        foreach (var key in keys)
        {
            var label = session.GetAttributeValue(key, [CKA.CKA_LABEL])[0];
            if (label.CannotBeRead || label.GetValueAsString() is not { Length: > 0 } participant)
                continue;
            try
            {
                return Find(session, participant);
            }
            catch (UnknownSigningKeyException)
            {
                // A key of somebody else's, or one that waits for its certificate.
            }
        }
        return null;
    }

    /// <summary>The handle of a key in a session: by CKA_ID and label, since handles change.</summary>
    /// <exception cref="SigningUnavailableException">It is no longer to be seen; whether it or the token is away, the next <see cref="Find"/> says.</exception>
    public static IObjectHandle Handle(ISession session, TokenKey key)
    {
        var id = Convert.FromHexString(key.Id);
        var code = Encoding.UTF8.GetBytes(key.Participant);
        return session
            .FindAllObjects([Is(CKO.CKO_PRIVATE_KEY), Bytes(CKA.CKA_ID, id), Bytes(CKA.CKA_LABEL, code)])
            .FirstOrDefault()
            ?? session
                .FindAllObjects([
                    Is(CKO.CKO_PRIVATE_KEY),
                    id.Length > 0 ? Bytes(CKA.CKA_ID, id) : Bytes(CKA.CKA_LABEL, code),
                ])
                .FirstOrDefault()
            ?? throw new SigningUnavailableException(
                $"The private key of {key.Participant} (certificate {key.Certificate.Serial}) is no longer to be seen in the token."
            );
    }

    static List<(byte[] Id, byte[]? Modulus)> PrivateKeys(ISession session, CKA name, byte[] value)
    {
        var found = new List<(byte[], byte[]?)>();
        foreach (var key in session.FindAllObjects([Is(CKO.CKO_PRIVATE_KEY), Bytes(name, value)]))
        {
            var attributes = session.GetAttributeValue(key, [CKA.CKA_KEY_TYPE, CKA.CKA_ID]);
            if (attributes[0].GetValueAsUlong() != (ulong)CKK.CKK_RSA)
                continue;
            // Not every module shows the modulus of a private key; then the CKA_ID must do.
            var modulus = session.GetAttributeValue(key, [CKA.CKA_MODULUS])[0];
            found.Add(
                (
                    attributes[1].GetValueAsByteArray() ?? [],
                    modulus.CannotBeRead ? null : modulus.GetValueAsByteArray()
                )
            );
        }
        return found;
    }

    IEnumerable<SigningCertificate> Certificates(ISession session, byte[] code, byte[] id, string participant)
    {
        var ders = new List<byte[]>();
        foreach (
            var handle in session
                .FindAllObjects([Is(CKO.CKO_CERTIFICATE), Bytes(CKA.CKA_ID, id)])
                .Concat(session.FindAllObjects([Is(CKO.CKO_CERTIFICATE), Bytes(CKA.CKA_LABEL, code)]))
        )
        {
            var value = session.GetAttributeValue(handle, [CKA.CKA_VALUE])[0];
            if (!value.CannotBeRead)
                ders.Add(value.GetValueAsByteArray());
        }
        if (options.CertificateDirectory.Length > 0)
        {
            foreach (var file in CertificateFile.In(options.CertificateDirectory))
            {
                if (Path.GetFileName(file).StartsWith($"{participant}.", StringComparison.Ordinal))
                    ders.AddRange(ReadFile(file, participant));
            }
        }
        foreach (var der in ders)
        {
            SigningCertificate certificate;
            try
            {
                certificate = new SigningCertificate(der);
            }
            catch (ArgumentException)
            {
                continue; // of another kind; it cannot belong to an RSA key
            }
            yield return certificate;
        }
    }

    /// <summary>A file that cannot be read is its participant's trouble: as "token away" it would stop everybody's signing.</summary>
    IReadOnlyList<byte[]> ReadFile(string file, string participant)
    {
        try
        {
            return CertificateFile.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw Unknown(
                participant,
                $"may have a certificate in {file}, which cannot be read: {e.Message}"
            );
        }
    }

    static bool Belong((byte[] Id, byte[]? Modulus) key, SigningCertificate certificate) =>
        certificate.Fits(SignatureAlgorithm.RsaSha1)
        && (
            key.Modulus is null
            || key.Modulus.AsSpan().TrimStart((byte)0).SequenceEqual(certificate.Modulus.Span)
        );

    /// <summary>A module whose device or login is gone may answer just like an empty one; documents wait then, and are not refused.</summary>
    SigningUnavailableException Empty() =>
        new(
            $"The token {options.TokenLabel} shows no private key at all: it is away, or no key was loaded into it yet."
        );

    UnknownSigningKeyException Unknown(string participant, string why) =>
        new($"Participant {participant}: the token {options.TokenLabel} {why}");

    static IObjectAttribute Is(CKO kind) =>
        Pkcs11Module.Factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, kind);

    static IObjectAttribute Bytes(CKA type, byte[] value) =>
        Pkcs11Module.Factories.ObjectAttributeFactory.Create(type, value);
}
