using System.Collections.Immutable;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace ClearanceEngine.Silo.Access;

/// <summary>Public keys of an issuer, from a file in the form of its <c>jwks_uri</c>.</summary>
static class SigningKeys
{
    /// <summary>What may sign a token: with a key that only the issuer has. A shared secret (HS256) would let each service that checks tokens make them, and a public key be taken for such a secret.</summary>
    public static ImmutableArray<string> Algorithms { get; } =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>All that is wrong with a file's contents.</summary>
    public static ImmutableArray<string> Faults(byte[] json)
    {
        try
        {
            return Read(json).Count > 0
                ? []
                : ["文件中没有可用的公钥。The file holds no public key (RSA or EC) for signatures."];
        }
        catch (ArgumentException)
        {
            return
            [
                """文件应为 JWKS：{"keys":[…]}，即签发者 jwks_uri 的内容。The file must be a JWKS, {"keys":[…]}: what the issuer's jwks_uri gives.""",
            ];
        }
    }

    /// <exception cref="ArgumentException">It is no JWKS.</exception>
    public static IList<SecurityKey> Read(byte[] json) =>
        [
            .. new JsonWebKeySet(Encoding.UTF8.GetString(json))
                .GetSigningKeys()
                .Where(key => key is not SymmetricSecurityKey),
        ];
}
