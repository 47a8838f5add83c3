using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Participants;
using Role = ClearanceEngine.Access.Role;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// The one place where what a credential says becomes a <see cref="Caller"/>, whatever the credential is. Roles that are not ours
/// and companies that are not registered are passed over: a provider serves others, too, and a company may have been taken out.
/// </summary>
sealed class CallerReader(AccessOptions options, IParticipantRegistry participants)
{
    /// <summary>By RFC 9068 a client that came for itself is its own subject. Not every issuer does so, so who is none may be one yet (<see cref="CallerKind.Account"/>).</summary>
    const string ClientClaim = "client_id",
        SubjectClaim = "sub";

    const int LongestText = 200;

    static readonly ImmutableDictionary<string, Role> Roles = Enum.GetValues<Role>()
        .ToImmutableDictionary(role => WireName.Of(role), StringComparer.OrdinalIgnoreCase);

    /// <summary>The caller; null where a claim cannot be what it should be, which no issuer in its right mind would sign.</summary>
    public Caller? Read(ClaimsPrincipal principal)
    {
        string[] names = Texts(principal, options.NameClaim);
        var (roles, codes) = (
            Texts(principal, options.RoleClaim),
            Texts(principal, options.ParticipantClaim)
        );
        if (names is not [var name])
            return null;
        if (!names.Concat(roles).Concat(codes).All(IsText))
            return null;

        return new Caller(
            name,
            KindOf(principal),
            [.. roles.Where(Roles.ContainsKey).Select(r => Roles[r]).Distinct().Order()],
            [.. codes.Where(code => participants.Find(code) is not null)]
        );
    }

    /// <summary>A principal that says this of itself, in the claims that <see cref="Read"/> reads.</summary>
    public ClaimsPrincipal Principal(
        string scheme,
        string name,
        IEnumerable<Role> roles,
        IEnumerable<string> codes
    ) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(options.NameClaim, name),
                    .. roles.Select(role => new Claim(options.RoleClaim, WireName.Of(role))),
                    .. codes.Select(code => new Claim(options.ParticipantClaim, code)),
                ],
                scheme,
                options.NameClaim,
                options.RoleClaim
            )
        );

    static CallerKind KindOf(ClaimsPrincipal principal) =>
        principal.Identity?.AuthenticationType switch
        {
            AccessSchemes.Development => CallerKind.Development,
            AccessSchemes.Certificate => CallerKind.Certificate,
            AccessSchemes.Own => CallerKind.Client,
            AccessSchemes.Session => CallerKind.Person,
            _ => KindOfProvider(principal),
        };

    static CallerKind KindOfProvider(ClaimsPrincipal principal)
    {
        var client = principal.FindFirstValue(ClientClaim);
        return client is not null && client == principal.FindFirstValue(SubjectClaim)
            ? CallerKind.Machine
            : CallerKind.Account;
    }

    static string[] Texts(ClaimsPrincipal principal, string claim) =>
        [.. principal.FindAll(claim).Select(c => c.Value)];

    static bool IsText(string text) =>
        text.Length is > 0 and <= LongestText && text.EnumerateRunes().All(IsVisible);

    /// <summary>Format characters turn a line of the log or the trail around, and make two names look like one; braces are JSON in a text's place.</summary>
    static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)
        && rune.Value is not ('{' or '[');
}
