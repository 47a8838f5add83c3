using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Accounts of the engine's own (ADR 036): OAuth clients of machines and accounts of people, kept in its database. With an issuer they are on, beside a provider and certificates where these are named, too.</summary>
public sealed class AccountOptions : IValidatableObject
{
    /// <summary>The engine's own public address, <c>https://…</c>, under which callers get their tokens (<c>POST /connect/token</c>) and which these name as their issuer; <c>http://</c> on loopback only, for development. Default none: no accounts of its own.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the engine's own tokens are for (<c>aud</c>). Default <c>clearance</c>.</summary>
    [Required]
    [StringLength(200)]
    public string Audience { get; set; } = "clearance";

    /// <summary>How long a token serves; then its client gets another. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For so long a key signs tokens, then the next one does; the former is published until its last token has ended. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often each silo looks for keys that another one made; a new key waits three times as long before it signs. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00")]
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Within this time who was disabled or removed, or whose secret was changed, has no access any more, whatever tokens it still has. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RevocationTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most clients that the engine keeps. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int Clients { get; set; } = 1_000;

    /// <summary>Most participants that one client speaks for. Default 50.</summary>
    [Range(1, 1_000)]
    public int ClientParticipants { get; set; } = 50;

    /// <summary>Most connections to the database that accounts use (PostgreSQL). Default 10.</summary>
    [Range(1, 1_000)]
    public int Connections { get; set; } = 10;

    /// <summary>Most connections beside those, by which it is asked whether tokens and sessions still serve: who signs in cannot hold these up. Default 4.</summary>
    [Range(1, 1_000)]
    public int StateConnections { get; set; } = 4;

    /// <summary>Most accounts of people that the engine keeps. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int People { get; set; } = 10_000;

    /// <summary>Fewest characters of a password. Default 12.</summary>
    [Range(8, 64)]
    public int PasswordLength { get; set; } = 12;

    /// <summary>How long a password that was made for somebody serves, to sign in and choose another. Default 3 days.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan FirstPasswordLifetime { get; set; } = TimeSpan.FromDays(3);

    /// <summary>So many passwords and codes are tried of an account until it signs in; then it is locked for a while. Default 5.</summary>
    [Range(2, 100)]
    public int Tries { get; set; } = 5;

    /// <summary>For so long an account is locked after too many tries. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan LockTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Operators, auditors, administrators and sites must have a second factor (codes of an app), which they enrol when they first sign in. Default true.</summary>
    public bool SecondFactor { get; set; } = true;

    /// <summary>Codes that a person gets for the day on which the second factor is lost, each good once. Default 10.</summary>
    [Range(1, 50)]
    public int RecoveryCodes { get; set; } = 10;

    /// <summary>After this long a person signs in anew. Default 8 h.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "24:00:00")]
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>After so long without a request a person signs in anew. Default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "24:00:00")]
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the steps of a sign-in may take together: password, second factor, a new password. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan SignInTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most forms of sign-in that one client address sends in a minute. Default 30.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Most requests for a token that one client address sends in a minute. Default 120.</summary>
    [Range(1, 100_000)]
    public int TokenRequestsPerMinute { get; set; } = 120;

    /// <summary>The time of a lock doubles each time an account is locked again before its person signed in, up to this. Default 4 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LongestLock { get; set; } = TimeSpan.FromHours(4);

    /// <summary>True where the engine has accounts of its own.</summary>
    internal bool IsOn => Issuer is not null;

    /// <summary>The issuer as tokens name it.</summary>
    internal Uri IssuerAddress => new(Issuer!);

    /// <summary>True where the issuer's address is this machine's, for development.</summary>
    internal bool IsPlain => IssuerAddress.Scheme == Uri.UriSchemeHttp;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Issuer is not null && !IsAddress(Issuer))
            yield return new ValidationResult(
                "应为引擎自身的 https://… 公开地址，不含参数；仅在本机上可用 http://。It must be the engine's own public address, https://…, without a query; http:// is for loopback only.",
                [nameof(Issuer)]
            );
        if (LongestLock < LockTime)
            yield return new ValidationResult(
                $"LongestLock（{LongestLock}）不应短于 LockTime（{LockTime}）。LongestLock ({LongestLock}) must not be shorter than LockTime ({LockTime}).",
                [nameof(LongestLock)]
            );
    }

    static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0
        && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
