using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClearanceEngine.Tests.Access;

/// <summary>An OpenID Connect provider as far as an engine in a sealed network knows it: a name, and a file with its public key.</summary>
internal sealed class TestIssuer : IDisposable
{
    public const string Name = "https://issuer.test/realms/port",
        Audience = "clearance";

    readonly RSA _key = RSA.Create(2_048);
    readonly string _file = Path.GetTempFileName();

    public TestIssuer() => File.WriteAllText(_file, Keys(JsonWebKeyConverter.ConvertFromSecurityKey(Public)));

    /// <summary>What an engine is told of it.</summary>
    public string[] Settings =>
        [$"--Access:Authority={Name}", $"--Access:Audience={Audience}", $"--Access:SigningKeysFile={_file}"];

    /// <summary>Its key as everybody may know it.</summary>
    public RsaSecurityKey Public => new(_key.ExportParameters(includePrivateParameters: false));

    /// <summary>Signs as it does.</summary>
    public SigningCredentials Signature => new(new RsaSecurityKey(_key), SecurityAlgorithms.RsaSha256);

    /// <summary>A token that holds, for a role and the participants that it is bound to.</summary>
    public string Token(string role, params string[] participants) =>
        Write(Claims(role, participants), Signature);

    /// <summary>What such a token says; a test changes what it wants wrong.</summary>
    public static Dictionary<string, object> Claims(string role, params string[] participants)
    {
        var now = DateTimeOffset.UtcNow;
        return new()
        {
            ["iss"] = Name,
            ["aud"] = Audience,
            ["sub"] = $"a-{role}",
            ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
            ["role"] = new[] { role, "offline_access" },
            ["participant"] = participants,
        };
    }

    /// <param name="claims">What it says.</param>
    /// <param name="signature">Null leaves it unsigned.</param>
    /// <param name="type">What it says that it is; null for <c>JWT</c>.</param>
    public static string Write(
        Dictionary<string, object> claims,
        SigningCredentials? signature,
        string? type = null
    )
    {
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var json = JsonSerializer.Serialize(claims);
        if (signature is not null && type is not null)
            return handler.CreateToken(json, signature, new Dictionary<string, object> { ["typ"] = type });
        return signature is null ? handler.CreateToken(json) : handler.CreateToken(json, signature);
    }

    public void Dispose()
    {
        _key.Dispose();
        File.Delete(_file);
    }

    static string Keys(JsonWebKey key) =>
        JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = key.Kty,
                        use = "sig",
                        n = key.N,
                        e = key.E,
                    },
                },
            }
        );
}
