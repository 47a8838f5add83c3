using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.X509;
using SystemX509 = System.Security.Cryptography.X509Certificates;

namespace ClearanceEngine.Signing;

/// <summary>A certificate and what can be checked with it.</summary>
public sealed class SigningCertificate
{
    /// <summary>The user id that SM2 signatures of the E-Port are made with.</summary>
    public static readonly byte[] DefaultUserId = "1234567812345678"u8.ToArray();

    readonly AsymmetricKeyParameter _key;

    public SigningCertificate(byte[] der)
    {
        Der = der;
        var certificate = new X509Certificate(der);
        // As the card prints it: the serial number in hex.
        Serial = Convert.ToHexStringLower(certificate.SerialNumber.ToByteArrayUnsigned());
        _key = certificate.GetPublicKey();
    }

    /// <summary>X.509 v3, DER.</summary>
    public byte[] Der { get; }

    /// <summary>Certificate number in hex, for KeyName.</summary>
    public string Serial { get; }

    /// <summary>True when the key can carry this algorithm.</summary>
    public bool Fits(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.Sm2Sm3 ? _key is ECPublicKeyParameters : _key is RsaKeyParameters;

    /// <summary>True for a signature over these bytes.</summary>
    public bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, byte[] signature)
    {
        if (!Fits(algorithm)) return false;
        if (algorithm == SignatureAlgorithm.Sm2Sm3)
        {
            if (signature.Length != 64) return false;
            var sm2 = new SM2Signer(PlainDsaEncoding.Instance);
            sm2.Init(false, new ParametersWithID(_key, DefaultUserId));
            sm2.BlockUpdate(data);
            return sm2.VerifySignature(signature);
        }
        using var certificate = SystemX509.X509CertificateLoader.LoadCertificate(Der);
        using var rsa = SystemX509.RSACertificateExtensions.GetRSAPublicKey(certificate)!;
        return rsa.VerifyData(data, signature, algorithm == SignatureAlgorithm.RsaSha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
