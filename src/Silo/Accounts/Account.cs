using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>An account of a person. Identity keeps the hash of its password, its failed tries and its stamp, which ends its sessions when it changes.</summary>
sealed class Account : IdentityUser
{
    public Account() => Id = $"{Guid.CreateVersion7():N}";

    /// <summary>Its roles, by their names on the wire, a space between two.</summary>
    public string Roles { get; set; } = "";

    /// <summary>Code of the participant that it speaks for; null for none.</summary>
    public string? Participant { get; set; }

    /// <summary>False for one that cannot sign in, and whose sessions are over.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Its password was made for it: it must choose its own before anything else.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>Such a password serves until then, Unix milliseconds; 0 where it has no end.</summary>
    public long PasswordEnds { get; set; }

    /// <summary>Tries since it last came in. Counted before each, in the database: who tries many at once has no more of them.</summary>
    public int Tries { get; private set; }

    /// <summary>Until then nothing is tried, Unix milliseconds.</summary>
    public long LockedUntil { get; private set; }

    /// <summary>How long it was locked the last time, milliseconds; 0 since its person came in. The next time is twice that.</summary>
    public long LastLock { get; private set; }

    /// <summary>The step of the last code of its second factor that was taken (RFC 6238, section 5.2): neither it nor an earlier one serves again.</summary>
    public long LastStep { get; private set; }

    /// <summary>When it was added, Unix milliseconds.</summary>
    public long AddedAt { get; set; }
}
