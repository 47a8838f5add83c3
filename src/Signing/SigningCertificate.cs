using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace ClearanceEngine.Signing;

/// <summary>A certificate and what can be checked with it.</summary>
public sealed class SigningCertificate
{
    /// <summary>The user id that SM2 signatures of the E-Port are made with.</summary>
    public static readonly byte[] DefaultUserId = "1234567812345678"u8.ToArray();

    /// <summary>Longest certificate that is read, in bytes of DER; those of the E-Port have about 1,000.</summary>
    public const int LongestDer = 16 * 1024;

    /// <summary>Shortest and longest RSA keys that count, in bits. Cards of before 2022 have 1,024; beyond the longest a check costs more than it is worth.</summary>
    const int ShortestRsa = 1024,
        LongestRsa = 8192;

    readonly ECPublicKeyParameters? _sm2;
    readonly RSAParameters _rsa;

    /// <summary>Reads a certificate.</summary>
    /// <exception cref="ArgumentException">It is none, or its key is of no use here.</exception>
    public SigningCertificate(byte[] der)
    {
        if (der.Length > LongestDer)
            throw new ArgumentException(
                $"A certificate of {der.Length} bytes is refused; at most {LongestDer}.",
                nameof(der)
            );
        Der = der;
        try
        {
            var certificate = new X509Certificate(der);
            // As the card prints it: the serial number in hex.
            Serial = Convert.ToHexStringLower(certificate.SerialNumber.ToByteArrayUnsigned());
            (NotBefore, NotAfter) = (Utc(certificate.NotBefore), Utc(certificate.NotAfter));
            // Not GetPublicKey: it tests an RSA modulus for primes, which takes 50 ms for an honest one and minutes for one that
            // was made for that, on every message. A bad key of a registered certificate fails its check all the same.
            var key = certificate.CertificateStructure.SubjectPublicKeyInfo;
            if (key.Algorithm.Algorithm.Equals(PkcsObjectIdentifiers.RsaEncryption))
                _rsa = Rsa(RsaPublicKeyStructure.GetInstance(key.ParsePublicKey()));
            else if (GMObjectIdentifiers.sm2p256v1.Equals(key.Algorithm.Parameters))
                _sm2 = PublicKeyFactory.CreateKey(key) as ECPublicKeyParameters;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // BouncyCastle has no common base for what broken ASN.1 makes it throw.
            throw new ArgumentException($"This is no X.509 certificate in DER: {e.Message}", nameof(der), e);
        }
    }

    /// <summary>X.509 v3, DER.</summary>
    public byte[] Der { get; }

    /// <summary>Certificate number in hex, for KeyName.</summary>
    public string Serial { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>The RSA modulus, unsigned and big-endian; empty for other keys.</summary>
    public ReadOnlyMemory<byte> Modulus => _rsa.Modulus;

    /// <summary>True when the key can carry this algorithm: RSA of 1,024 to 8,192 bits, or SM2 on its own named curve.</summary>
    public bool Fits(SignatureAlgorithm algorithm) =>
        algorithm == SignatureAlgorithm.Sm2Sm3 ? _sm2 is not null : _rsa.Modulus is not null;

    /// <summary>True for a signature over these bytes.</summary>
    public bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, byte[] signature)
    {
        if (!Fits(algorithm))
            return false;
        if (algorithm == SignatureAlgorithm.Sm2Sm3)
        {
            if (signature.Length != 64)
                return false;
            var sm2 = new SM2Signer(PlainDsaEncoding.Instance);
            sm2.Init(false, new ParametersWithID(_sm2!, DefaultUserId));
            sm2.BlockUpdate(data);
            return sm2.VerifySignature(signature);
        }
        using var rsa = RSA.Create(_rsa);
        return rsa.VerifyData(
            data,
            signature,
            algorithm == SignatureAlgorithm.RsaSha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
    }

    static RSAParameters Rsa(RsaPublicKeyStructure key) =>
        key.Modulus.BitLength is >= ShortestRsa and <= LongestRsa && key.PublicExponent.BitLength <= 64
            ? new RSAParameters
            {
                Modulus = key.Modulus.ToByteArrayUnsigned(),
                Exponent = key.PublicExponent.ToByteArrayUnsigned(),
            }
            : default;

    static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
