using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace ClearanceEngine.Signing;

/// <summary>How documents are signed.</summary>
public enum SignatureAlgorithm
{
    /// <summary>RSA PKCS#1 v1.5 with SHA-1: cards issued before 2022-07.</summary>
    RsaSha1,

    /// <summary>RSA PKCS#1 v1.5 with SHA-256.</summary>
    RsaSha256,

    /// <summary>SM2 with SM3 (SPEC22), 64 bytes r‖s, default user id.</summary>
    Sm2Sm3,
}

/// <summary>The identifiers of an algorithm on the wire.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="SignatureMethod">URI of SignatureMethod.</param>
/// <param name="DigestMethod">URI of DigestMethod.</param>
public sealed record SignatureProfile(
    SignatureAlgorithm Algorithm,
    string SignatureMethod,
    string DigestMethod
)
{
    public const string C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    public const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    public const string Namespace = "http://www.w3.org/2000/09/xmldsig#";

    const string Sha1 = "http://www.w3.org/2000/09/xmldsig#sha1",
        Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256",
        Sm3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3";

    public static SignatureProfile RsaSha1 { get; } =
        new(SignatureAlgorithm.RsaSha1, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Sha1);

    public static SignatureProfile RsaSha256 { get; } =
        new(SignatureAlgorithm.RsaSha256, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Sha256);

    /// <summary>The identifiers of SPEC22, chapter 6.</summary>
    public static SignatureProfile Sm2Sm3 { get; } =
        new(SignatureAlgorithm.Sm2Sm3, "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3", Sm3);

    /// <summary>What one widespread public client sends with SM2 certificates: another method URI, and SHA-1 as digest.</summary>
    public static SignatureProfile Sm2Sha1Variant { get; } =
        new(SignatureAlgorithm.Sm2Sm3, "http://www.w3.org/2000/09/xmldsig#sm2-sm3", Sha1);

    /// <summary>The profile that is emitted for an algorithm.</summary>
    public static SignatureProfile Of(SignatureAlgorithm algorithm) =>
        algorithm switch
        {
            SignatureAlgorithm.RsaSha1 => RsaSha1,
            SignatureAlgorithm.RsaSha256 => RsaSha256,
            _ => Sm2Sm3,
        };

    /// <summary>The algorithm of a SignatureMethod URI; null for one that is not accepted.</summary>
    internal static SignatureAlgorithm? AlgorithmOf(string? method) =>
        method switch
        {
            _ when method == RsaSha1.SignatureMethod => SignatureAlgorithm.RsaSha1,
            _ when method == RsaSha256.SignatureMethod => SignatureAlgorithm.RsaSha256,
            _ when method == Sm2Sm3.SignatureMethod || method == Sm2Sha1Variant.SignatureMethod =>
                SignatureAlgorithm.Sm2Sm3,
            _ => null,
        };

    /// <summary>The digest of a DigestMethod URI; null for one that is not accepted.</summary>
    internal static byte[]? Digest(string? method, ReadOnlySpan<byte> data)
    {
#pragma warning disable CA5350 // SHA-1 is what the E-Port's older cards prescribe.
        if (method == Sha1)
            return SHA1.HashData(data);
#pragma warning restore CA5350
        if (method == Sha256)
            return SHA256.HashData(data);
        if (method != Sm3)
            return null;
        var digest = new SM3Digest();
        digest.BlockUpdate(data);
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return hash;
    }
}
