using OpenIddict.EntityFrameworkCore.Models;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>An OAuth client: a machine that gets its tokens here. OpenIddict keeps the hash of its secret.</summary>
sealed class MachineClient : OpenIddictEntityFrameworkCoreApplication<string, ClientGrant, ClientToken>
{
    public MachineClient() => Id = $"{Guid.CreateVersion7():N}";

    /// <summary>Its roles, by their names on the wire, a space between two.</summary>
    public string Roles { get; set; } = "";

    /// <summary>Codes of the participants that it speaks for, a space between two.</summary>
    public string Participants { get; set; } = "";

    /// <summary>False for one that gets no tokens, and whose tokens serve no more.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Stands in its tokens: another one here ends them.</summary>
    public string Stamp { get; set; } = NewStamp();

    /// <summary>When it was added, Unix milliseconds.</summary>
    public long AddedAt { get; set; }

    /// <summary>All that was issued up to now is to end.</summary>
    public void EndTokens() => Stamp = NewStamp();

    static string NewStamp() => $"{Guid.NewGuid():N}";
}

/// <summary>What OpenIddict's model wants beside its clients; flows with a person behind them will use it.</summary>
sealed class ClientGrant : OpenIddictEntityFrameworkCoreAuthorization<string, MachineClient, ClientToken>
{
    public ClientGrant() => Id = $"{Guid.CreateVersion7():N}";
}

/// <inheritdoc cref="ClientGrant"/>
sealed class ClientToken : OpenIddictEntityFrameworkCoreToken<string, MachineClient, ClientGrant>
{
    public ClientToken() => Id = $"{Guid.CreateVersion7():N}";
}

/// <inheritdoc cref="ClientGrant"/>
sealed class ClientScope : OpenIddictEntityFrameworkCoreScope<string>
{
    public ClientScope() => Id = $"{Guid.CreateVersion7():N}";
}
