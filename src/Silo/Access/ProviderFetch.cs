using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// The first fetch of the provider's document and keys, one for all callers that wait for it: the library would make one for each, one
/// after the other, and a provider that is away hold the door of everybody. Later ones are the library's, beside the requests.
/// </summary>
sealed class ProviderFetch(AccessOptions options, TimeProvider time)
{
    /// <summary>After a fetch that failed, callers are told so for this long, and the provider is left in peace.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    Task? _fetch;
    long _failedAt;

    /// <summary>Waits until the keys are here, <see cref="AccessOptions.ProviderTimeout"/> at most.</summary>
    /// <exception cref="ProviderAwayException">They are not, or the caller has gone and waits no longer.</exception>
    public async Task Await(
        IConfigurationManager<OpenIdConnectConfiguration> provider,
        CancellationToken aborted
    )
    {
        try
        {
            await Shared(provider).WaitAsync(options.ProviderTimeout, time, aborted);
        }
        catch (Exception e) when (IsOfTheWay(e))
        {
            throw new ProviderAwayException(e);
        }
    }

    Task Shared(IConfigurationManager<OpenIdConnectConfiguration> provider)
    {
        lock (_lock)
        {
            if (_fetch is null || HasRested(_fetch))
                _fetch = Task.Run(() => Fetch(provider));
            return _fetch;
        }
    }

    bool HasRested(Task fetch) =>
        fetch.IsCompleted && !fetch.IsCompletedSuccessfully && time.GetElapsedTime(_failedAt) >= Rest;

    async Task Fetch(IConfigurationManager<OpenIdConnectConfiguration> provider)
    {
        try
        {
            // It is nobody's alone: who goes away does not end it for the others.
            await provider.GetConfigurationAsync(CancellationToken.None);
        }
        catch
        {
            _failedAt = time.GetTimestamp();
            throw;
        }
    }

    static bool IsOfTheWay(Exception e) =>
        e
            is InvalidOperationException
                or IOException
                or HttpRequestException
                or TimeoutException
                or OperationCanceledException;
}
