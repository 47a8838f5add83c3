using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hosting;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// FOR DEVELOPMENT ONLY. Keys in files that only their owner may read, made at first use, with certificates that say
/// "DEVELOPMENT ONLY". RSA and SM2 side by side, by participant.
/// </summary>
public sealed class DevelopmentToken : ISigningToken
{
    const string Notice =
        "DEVELOPMENT ONLY. Made by ClearanceEngine at first use; customs knows nothing of it.\n";

    readonly HsmOptions _options;
    readonly TimeProvider _time;
    readonly Lock _making = new();
    readonly ConcurrentDictionary<string, (AsymmetricKeyParameter Secret, TokenKey Public)> _keys = new(
        StringComparer.Ordinal
    );

    public DevelopmentToken(HsmOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Directory.CreateDirectory(options.Directory);
    }

    public TokenKey Find(string participantCode) => Key(participantCode).Public;

    public ISigningSession OpenSession() => new Session(this);

    public void Check()
    {
        if (!Directory.Exists(_options.Directory))
            throw new SigningUnavailableException(
                $"The development token's directory {_options.Directory} is gone."
            );
    }

    public void Reset()
    {
        // Files need no new beginning.
    }

    public void Dispose()
    {
        // Keys live in files.
    }

    (AsymmetricKeyParameter Secret, TokenKey Public) Key(string participant)
    {
        if (_keys.TryGetValue(participant, out var known))
            return known;
        // The code becomes part of a file name.
        if (participant.Length is 0 or > 64 || !participant.All(char.IsAsciiLetterOrDigit))
            throw new UnknownSigningKeyException(
                $"The development token keeps keys by participant code, letters and digits; \"{participant}\" is none."
            );
        lock (_making)
        {
            if (_keys.TryGetValue(participant, out known))
                return known;
            try
            {
                return _keys[participant] = LoadOrMake(participant);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SigningUnavailableException(
                    $"The development token cannot keep the key of {participant} in {_options.Directory}: {e.Message}",
                    e
                );
            }
        }
    }

    (AsymmetricKeyParameter Secret, TokenKey Public) LoadOrMake(string participant)
    {
        var profile = _options.ProfileOf(participant);
        var file = Path.Combine(
            _options.Directory,
            $"{participant}.{(profile.Algorithm == SignatureAlgorithm.Sm2Sm3 ? "sm2" : "rsa")}.pem"
        );
        if (!File.Exists(file))
            FirstFile.Make(file, () => NewKey(profile.Algorithm, participant));
        // Read back also what was just written: of two processes that start together the first one's key counts.
        var kept = File.ReadAllText(file);
        return (
            PrivateKeyFactory.CreateKey(Part(kept, "PRIVATE KEY", file)),
            new TokenKey(participant, new SigningCertificate(Part(kept, "CERTIFICATE", file)), profile)
        );
    }

    byte[] NewKey(SignatureAlgorithm algorithm, string participant)
    {
        var (secret, certificate) = DevelopmentCertificates.Create(algorithm, participant, _time.GetUtcNow());
        var key = PrivateKeyInfoFactory.CreatePrivateKeyInfo(secret).GetDerEncoded();
        return Encoding.ASCII.GetBytes(
            $"{Notice}{PemEncoding.WriteString("PRIVATE KEY", key)}\n{PemEncoding.WriteString("CERTIFICATE", certificate.Der)}\n"
        );
    }

    static byte[] Part(string pem, string label, string file)
    {
        for (
            ReadOnlySpan<char> rest = pem;
            PemEncoding.TryFind(rest, out var fields);
            rest = rest[fields.Location.End..]
        )
        {
            if (rest[fields.Label].SequenceEqual(label))
                return Convert.FromBase64String(rest[fields.Base64Data].ToString());
        }
        throw new SigningUnavailableException(
            $"{file} holds no {label}; delete the file, and a new development key is made."
        );
    }

    sealed class Session(DevelopmentToken token) : ISigningSession
    {
        // RSA of the platform is several times as fast as BouncyCastle's; its objects are not for many threads.
        readonly Dictionary<string, RSA> _rsa = new(StringComparer.Ordinal);

        public byte[] Sign(TokenKey key, ReadOnlySpan<byte> data)
        {
            var secret = token.Key(key.Participant).Secret;
            if (key.Profile.Algorithm == SignatureAlgorithm.Sm2Sm3)
            {
                var signer = new SM2Signer(PlainDsaEncoding.Instance);
                signer.Init(true, new ParametersWithID(secret, SigningCertificate.DefaultUserId));
                signer.BlockUpdate(data);
                return signer.GenerateSignature();
            }
            if (!_rsa.TryGetValue(key.Participant, out var rsa))
                _rsa[key.Participant] = rsa = RSA.Create(
                    DotNetUtilities.ToRSAParameters((RsaPrivateCrtKeyParameters)secret)
                );
            return rsa.SignData(
                data,
                key.Profile.Algorithm == SignatureAlgorithm.RsaSha1
                    ? HashAlgorithmName.SHA1
                    : HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
        }

        public void Dispose()
        {
            foreach (var rsa in _rsa.Values)
                rsa.Dispose();
        }
    }
}
