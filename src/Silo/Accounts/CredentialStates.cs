using System.Collections.Concurrent;
using ClearanceEngine.Silo.Access;
using Microsoft.EntityFrameworkCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What sort of account a credential is of.</summary>
enum CredentialOwner
{
    /// <summary>A machine, by its client id.</summary>
    Client,

    /// <summary>A person, by the id of the account.</summary>
    Person,
}

/// <summary>
/// Whether a credential still serves: its owner is there and enabled, and has the stamp that the credential has. What was read is
/// believed for <see cref="AccountOptions.RevocationTime"/>, so that a request does not cost a query.
/// </summary>
sealed class CredentialStates(AccountConnections connections, AccountOptions options, TimeProvider time)
{
    /// <summary>Beyond it all are forgotten, and read again as they come.</summary>
    const int Kept = 10_000;

    readonly ConcurrentDictionary<(CredentialOwner Owner, string Name), State> _known = [];

    /// <summary>True while the credential serves.</summary>
    /// <param name="owner">Of which sort.</param>
    /// <param name="name">Whose.</param>
    /// <param name="stamp">As the credential has it.</param>
    /// <exception cref="ProviderAwayException">The database does not say.</exception>
    public async Task<bool> Serves(CredentialOwner owner, string name, string stamp)
    {
        var state = Known(owner, name);
        try
        {
            return await state.Stamp.Value == stamp;
        }
        catch (Exception e)
        {
            _known.TryRemove(new((owner, name), state));
            throw new ProviderAwayException(e);
        }
    }

    /// <summary>What was believed is read again: it has just changed here.</summary>
    public void Forget(CredentialOwner owner, string name) => _known.TryRemove((owner, name), out _);

    State Known(CredentialOwner owner, string name)
    {
        if (
            _known.TryGetValue((owner, name), out var known)
            && time.GetElapsedTime(known.ReadAt) < options.RevocationTime
        )
            return known;

        if (_known.Count >= Kept)
            _known.Clear();
        // Read from now on: what changes while the query runs is seen by the next one.
        var state = new State(time.GetTimestamp(), new(() => Read(owner, name)));
        _known[(owner, name)] = state;
        return state;
    }

    /// <summary>Nobody's alone: a caller that goes away does not end it for the others. The statement has the database's own bound.</summary>
    async Task<string?> Read(CredentialOwner owner, string name)
    {
        await using var context = connections.States();
        return owner == CredentialOwner.Client
            ? await context
                .Clients.Where(client => client.ClientId == name && client.IsEnabled)
                .Select(client => client.Stamp)
                .FirstOrDefaultAsync()
            : await context
                .Users.Where(account => account.Id == name && account.IsEnabled)
                .Select(account => account.SecurityStamp)
                .FirstOrDefaultAsync();
    }

    sealed record State(long ReadAt, Lazy<Task<string?>> Stamp);
}
