using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>OpenIddict's keeper of clients; a secret of no client costs what that of a client does.</summary>
sealed class ClientManager(
    IOpenIddictApplicationCache<MachineClient> cache,
    ILogger<OpenIddictApplicationManager<MachineClient>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<MachineClient> store
) : OpenIddictApplicationManager<MachineClient>(cache, logger, options, store)
{
    /// <summary>Does the work of a comparison: how long it takes must not tell which clients there are.</summary>
    public async Task CompareWithNobody(string? secret, CancellationToken cancellationToken)
    {
        // Without a secret none is compared either.
        if (!string.IsNullOrEmpty(secret))
            await ObfuscateClientSecretAsync(secret, cancellationToken);
    }
}
