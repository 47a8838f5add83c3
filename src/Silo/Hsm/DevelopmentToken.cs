using System.Collections.Concurrent;
using ClearanceEngine.Signing;
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
    readonly HsmOptions _options;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<string, Lazy<(AsymmetricKeyParameter Key, TokenKey Public)>> _keys = new(StringComparer.Ordinal);

    public DevelopmentToken(HsmOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Directory.CreateDirectory(options.Directory);
    }

    public TokenKey? Find(string participantCode) => participantCode.All(char.IsAsciiLetterOrDigit) && participantCode.Length > 0 ? Key(participantCode).Public : null;

    public ISigningSession OpenSession() => new Session(this);

    public void Check()
    {
        if (!Directory.Exists(_options.Directory)) throw new SigningUnavailableException($"The development token's directory {_options.Directory} is gone.");
    }

    public void Dispose()
    {
    }

    (AsymmetricKeyParameter Key, TokenKey Public) Key(string participant) =>
        _keys.GetOrAdd(participant, p => new Lazy<(AsymmetricKeyParameter, TokenKey)>(() => LoadOrCreate(p))).Value;

    (AsymmetricKeyParameter Key, TokenKey Public) LoadOrCreate(string participant)
    {
        var algorithm = _options.Algorithms.TryGetValue(participant, out var own) ? own : _options.Algorithm;
        var kind = algorithm == SignatureAlgorithm.Sm2Sm3 ? "sm2" : "rsa";
        var keyFile = Path.Combine(_options.Directory, $"{participant}.{kind}.key");
        var certificateFile = Path.Combine(_options.Directory, $"{participant}.{kind}.cer");
        if (File.Exists(keyFile) && File.Exists(certificateFile))
            return (PrivateKeyFactory.CreateKey(File.ReadAllBytes(keyFile)), new TokenKey(new SigningCertificate(File.ReadAllBytes(certificateFile)), algorithm));
        var (key, certificate) = DevelopmentCertificates.Create(algorithm, participant, _time.GetUtcNow());
        var secret = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) secret.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(keyFile, secret)) file.Write(PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetDerEncoded());
        File.WriteAllBytes(certificateFile, certificate.Der);
        return (key, new TokenKey(certificate, algorithm));
    }

    sealed class Session(DevelopmentToken token) : ISigningSession
    {
        public byte[] Sign(string participantCode, ReadOnlySpan<byte> data)
        {
            var (key, known) = token.Key(participantCode);
            ISigner signer = known.Algorithm switch
            {
                SignatureAlgorithm.Sm2Sm3 => new SM2Signer(PlainDsaEncoding.Instance),
                SignatureAlgorithm.RsaSha1 => SignerUtilities.GetSigner("SHA1WITHRSA"),
                _ => SignerUtilities.GetSigner("SHA256WITHRSA"),
            };
            signer.Init(true, known.Algorithm == SignatureAlgorithm.Sm2Sm3 ? new ParametersWithID(key, SigningCertificate.DefaultUserId) : key);
            signer.BlockUpdate(data);
            return signer.GenerateSignature();
        }

        public void Dispose()
        {
        }
    }
}
