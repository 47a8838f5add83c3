using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// Who vouches for callers of the HTTP door (ADR 029): an OpenID Connect provider, certificates, accounts of the engine's own, or
/// several of them. With none, the engine makes development accounts, which serve on loopback only.
/// </summary>
public sealed class AccessOptions : IValidatableObject
{
    /// <summary>Issuer of the tokens, exactly as they name it (<c>iss</c>); its discovery document gives the keys. Default none: no tokens of a provider.</summary>
    public string? Authority { get; set; }

    /// <summary>What tokens must be for (<c>aud</c>). Required with an authority: a token for another service is no token for this one.</summary>
    public string? Audience { get; set; }

    /// <summary>File with the issuer's public keys (JWKS), in the place of discovery, for networks that cannot reach it; read at the start. Default none.</summary>
    public string? SigningKeysFile { get; set; }

    /// <summary>Claim that names the caller's roles: company, site, operator, auditor, administrator. Others in it are passed over. Default <c>role</c>.</summary>
    [Required]
    public string RoleClaim { get; set; } = "role";

    /// <summary>Claim that names the participants that the caller speaks for, by their codes. Codes that are not registered are passed over. Default <c>participant</c>.</summary>
    [Required]
    public string ParticipantClaim { get; set; } = "participant";

    /// <summary>Claim that names the caller; a token without it is refused. Default <c>sub</c>.</summary>
    [Required]
    public string NameClaim { get; set; } = "sub";

    /// <summary>How far the issuer's clock may differ from this machine's. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the provider may take to give its discovery document and its keys; then callers are told to come again. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ProviderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Certificates of machines that call over TLS. Default none.</summary>
    public IList<CallerCertificate> Certificates { get; } = [];

    /// <summary>Accounts of the engine's own.</summary>
    public AccountOptions Accounts { get; set; } = new();

    /// <summary>True where callers are vouched for by more than development accounts.</summary>
    internal bool IsReal => Authority is not null || Certificates.Count > 0 || Accounts.IsOn;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. FaultsOfAuthority(),
            .. SettingFile
                .Faults(SigningKeysFile, SigningKeys.Faults)
                .Select(f => new ValidationResult(f, [nameof(SigningKeysFile)])),
            .. FaultsOfCertificates(),
        ];

    IEnumerable<ValidationResult> FaultsOfAuthority()
    {
        if (Authority is null)
        {
            if (Audience is not null)
                yield return WithoutAuthority(nameof(Audience));
            if (SigningKeysFile is not null)
                yield return WithoutAuthority(nameof(SigningKeysFile));
            yield break;
        }

        if (!IsHttp(Authority))
            yield return new ValidationResult(
                "应为 https://… 的签发者地址。It must be the issuer's address, https://….",
                [nameof(Authority)]
            );
        if (string.IsNullOrWhiteSpace(Audience))
            yield return new ValidationResult(
                "设有 Access:Authority 时必填：令牌的 aud，没有它就会接受签发给其他系统的令牌。It is required with Access:Authority: the aud of the tokens; without it a token for any other service would do.",
                [nameof(Audience)]
            );
    }

    static ValidationResult WithoutAuthority(string name) =>
        new(
            "须同时设置 Access:Authority。It has no effect without Access:Authority; name the issuer, or take it away.",
            [name]
        );

    static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    IEnumerable<ValidationResult> FaultsOfCertificates()
    {
        foreach (var (index, certificate) in Certificates.Index())
        {
            var before = Certificates.Take(index).ToArray();
            if (before.Any(c => c.Name == certificate.Name))
                yield return Repeated(index, nameof(CallerCertificate.Name));
            if (before.Any(c => c.IsOf(certificate.Thumbprint)))
                yield return Repeated(index, nameof(CallerCertificate.Thumbprint));
        }
    }

    static ValidationResult Repeated(int index, string name) =>
        new(
            "与前面的证书重复。Another certificate of the list has it already.",
            [$"{nameof(Certificates)}:{index}:{name}"]
        );
}

/// <summary>A certificate of a machine, and what whoever holds its key may do.</summary>
public sealed class CallerCertificate : IValidatableObject
{
    /// <summary>SHA-256 as text.</summary>
    const int ThumbprintLength = 64;

    /// <summary>The machine's name, for logs and the audit trail.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the certificate, 64 hexadecimal digits: <c>openssl x509 -noout -fingerprint -sha256</c>; colons may stay.</summary>
    [Required]
    public string Thumbprint { get; set; } = "";

    /// <summary>Its roles.</summary>
    public IList<Role> Roles { get; } = [];

    /// <summary>Codes of the participants that it speaks for.</summary>
    public IList<string> Participants { get; } = [];

    /// <summary>True for the certificate with this thumbprint, however it is written.</summary>
    internal bool IsOf(string thumbprint) =>
        Plain(Thumbprint).Equals(Plain(thumbprint), StringComparison.OrdinalIgnoreCase);

    static string Plain(string thumbprint) => thumbprint.Replace(":", "", StringComparison.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var plain = Plain(Thumbprint);
        if (plain.Length != ThumbprintLength || !plain.All(char.IsAsciiHexDigit))
            yield return new ValidationResult(
                "应为证书的 SHA-256 指纹，64 位十六进制（SHA-1 不行）。It must be the certificate's SHA-256 fingerprint, 64 hexadecimal digits; SHA-1 will not do.",
                [nameof(Thumbprint)]
            );
        if (Roles.Count == 0)
            yield return new ValidationResult(
                "至少一个角色，否则它什么都不能做。Give it a role at least; without one it may do nothing.",
                [$"{nameof(Roles)}"]
            );
    }
}
