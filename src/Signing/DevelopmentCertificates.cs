using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace ClearanceEngine.Signing;

/// <summary>Throw-away keys with self-signed certificates that say what they are.</summary>
public static class DevelopmentCertificates
{
    /// <summary>A new key pair and its certificate.</summary>
    /// <param name="algorithm">Decides RSA-2048 or SM2.</param>
    /// <param name="participant">Goes into the subject, beside "DEVELOPMENT ONLY".</param>
    /// <param name="from">Valid from then for ten years.</param>
    public static (AsymmetricKeyParameter PrivateKey, SigningCertificate Certificate) Create(
        SignatureAlgorithm algorithm,
        string participant,
        DateTimeOffset from
    )
    {
        var random = new SecureRandom();
        AsymmetricCipherKeyPair pair;
        if (algorithm == SignatureAlgorithm.Sm2Sm3)
        {
            var generator = new ECKeyPairGenerator();
            generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, random));
            pair = generator.GenerateKeyPair();
        }
        else
        {
            // The platform finds primes several times as fast as BouncyCastle: the first start makes one key a participant.
            using var rsa = RSA.Create(2048);
            pair = DotNetUtilities.GetRsaKeyPair(rsa);
        }
        return (pair.Private, SelfSign(pair, algorithm, participant, from, random));
    }

    /// <summary>A self-signed certificate for a key that exists, for tests with tokens.</summary>
    public static SigningCertificate SelfSign(
        AsymmetricCipherKeyPair pair,
        SignatureAlgorithm algorithm,
        string participant,
        DateTimeOffset from,
        SecureRandom random
    )
    {
        var name = new X509Name($"O=DEVELOPMENT ONLY,CN={participant}");
        var certificate = new X509V3CertificateGenerator();
        certificate.SetSerialNumber(
            new BigInteger(1, SecureRandom.GetNextBytes(random, 8)).SetBit(62).ClearBit(63)
        );
        certificate.SetIssuerDN(name);
        certificate.SetSubjectDN(name);
        certificate.SetNotBefore(from.UtcDateTime);
        certificate.SetNotAfter(from.AddYears(10).UtcDateTime);
        certificate.SetPublicKey(pair.Public);
        var issuer = certificate.Generate(
            new Asn1SignatureFactory(
                algorithm == SignatureAlgorithm.Sm2Sm3 ? "SM3WITHSM2" : "SHA256WITHRSA",
                pair.Private,
                random
            )
        );
        return new SigningCertificate(issuer.GetEncoded());
    }
}
