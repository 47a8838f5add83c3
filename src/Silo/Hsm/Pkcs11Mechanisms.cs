using System.Collections.Immutable;
using System.Security.Cryptography;
using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Oiw;
using Org.BouncyCastle.Asn1.X509;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>How a token makes a signature.</summary>
/// <param name="Mechanism">What the token is asked for.</param>
/// <param name="HashesHere">True: the token pads and signs only, so it is given the DigestInfo (PKCS#1) of the data.</param>
readonly record struct SigningRecipe(CKM Mechanism, bool HashesHere);

/// <summary>
/// What a token's mechanisms can make. A device in a FIPS mode strikes off those that hash with SHA-1 and keeps plain
/// CKM_RSA_PKCS, whose signatures are the same bytes when the digest is made here.
/// </summary>
sealed class Pkcs11Mechanisms
{
    readonly string _token;
    readonly ImmutableHashSet<CKM> _signing;

    Pkcs11Mechanisms(string token, ImmutableHashSet<CKM> signing)
    {
        _token = token;
        _signing = signing;
    }

    /// <summary>Asks a slot which of the mechanisms that we could use sign.</summary>
    /// <param name="slot">The slot with the token.</param>
    /// <param name="token">The token's label, for the texts.</param>
    public static Pkcs11Mechanisms Of(ISlot slot, string token)
    {
        CKM[] usable = [CKM.CKM_SHA1_RSA_PKCS, CKM.CKM_SHA256_RSA_PKCS, CKM.CKM_RSA_PKCS];
        return new Pkcs11Mechanisms(
            token,
            [
                .. slot.GetMechanismList()
                    .Intersect(usable)
                    .Where(m => slot.GetMechanismInfo(m).MechanismFlags.Sign),
            ]
        );
    }

    /// <summary>How the token signs with an algorithm.</summary>
    /// <exception cref="TokenUnfitException">It cannot; the text names mechanisms and token.</exception>
    public SigningRecipe RecipeOf(SignatureAlgorithm algorithm)
    {
        var whole = algorithm switch
        {
            SignatureAlgorithm.RsaSha1 => CKM.CKM_SHA1_RSA_PKCS,
            SignatureAlgorithm.RsaSha256 => CKM.CKM_SHA256_RSA_PKCS,
            _ => throw new TokenUnfitException(
                "PKCS#11 没有标准的 SM2 机制，请修改 Hsm:Algorithm 或 Hsm:Algorithms。PKCS#11 has no standard SM2 mechanism; change Hsm:Algorithm or Hsm:Algorithms."
            ),
        };
        if (_signing.Contains(whole))
            return new SigningRecipe(whole, HashesHere: false);
        if (_signing.Contains(CKM.CKM_RSA_PKCS))
            return new SigningRecipe(CKM.CKM_RSA_PKCS, HashesHere: true);
        throw new TokenUnfitException(
            $"加签设备 {_token} 不提供签名机制 {whole} 和 CKM_RSA_PKCS，无法按 {algorithm} 加签；请在设备上启用其一，或修改 Hsm:Algorithm。The token {_token} offers neither {whole} nor CKM_RSA_PKCS for signing, and {algorithm} needs one of them; enable it on the device, or change Hsm:Algorithm (Hsm:Algorithms for single participants)."
        );
    }

    /// <summary>The DigestInfo that a mechanism without hashing signs.</summary>
    public static byte[] DigestInfo(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        var (identifier, digest) =
            algorithm == SignatureAlgorithm.RsaSha1
                ? (OiwObjectIdentifiers.IdSha1, Sha1(data))
                : (NistObjectIdentifiers.IdSha256, SHA256.HashData(data));
        return new DigestInfo(new AlgorithmIdentifier(identifier, DerNull.Instance), digest).GetDerEncoded();
    }

#pragma warning disable CA5350 // The algorithm is what customs asks for.
    static byte[] Sha1(ReadOnlySpan<byte> data) => SHA1.HashData(data);
#pragma warning restore CA5350
}
