using ClearanceEngine.Silo.Access;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>The keys that sign tokens, as this silo knows them now.</summary>
sealed class TokenKeys(SigningKeyStore store, AccountOptions options, AccessOptions access, TimeProvider time)
    : IOptionsChangeTokenSource<OpenIddictServerOptions>,
        IConfigureOptions<OpenIddictServerOptions>,
        IDisposable
{
    /// <summary>A silo that looks every so often has a new key after one look; two more may fail.</summary>
    const int LooksOfLead = 3;

    readonly TokenKeyPlan _plan = new(
        options.SigningKeyLifetime,
        options.TokenLifetime + access.ClockSkew,
        options.KeyRefresh * LooksOfLead
    );

    volatile IReadOnlyList<TokenKey> _keys = [];
    CancellationTokenSource _changed = new();

    public string Name => Options.DefaultName;

    /// <summary>Keys whose signatures hold.</summary>
    public IEnumerable<SecurityKey> Accepted => _keys.Select(key => key.Key);

    /// <summary>Looks what there is, makes what is wanted, and takes out what has gone.</summary>
    public async Task Refresh(CancellationToken cancellationToken)
    {
        var keys = await store.Read(cancellationToken);
        var now = time.GetUtcNow();
        if (_plan.Next(keys, now) is var (number, signsFrom))
        {
            await store.Add(number, signsFrom, cancellationToken);
            keys = await store.Read(cancellationToken);
        }
        if (_plan.Gone(keys, now) is { } gone)
        {
            await store.Remove(gone, cancellationToken);
            keys = [.. keys.Where(key => key.Number > gone)];
        }
        Tell(keys);
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

    /// <summary>The one that signs stands first, the others are published beside it.</summary>
    public void Configure(OpenIddictServerOptions server)
    {
        var keys = _keys;
        if (keys.Count == 0)
            throw new InvalidOperationException("The keys that sign tokens were not read yet.");
        var signing = TokenKeyPlan.Signing(keys, time.GetUtcNow());
        foreach (var key in keys.OrderByDescending(key => key == signing))
            server.SigningCredentials.Add(new SigningCredentials(key.Key, SecurityAlgorithms.EcdsaSha256));
    }

    public void Dispose() => _changed.Dispose();

    /// <summary>Also where nothing is new: the time of a key that was there before may have come.</summary>
    void Tell(IReadOnlyList<TokenKey> keys)
    {
        _keys = keys;
        var told = Interlocked.Exchange(ref _changed, new CancellationTokenSource());
        told.Cancel();
    }
}
