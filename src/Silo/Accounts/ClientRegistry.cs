using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using ClearanceEngine.Access;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>A client, as administrators see it.</summary>
/// <param name="Name">Its client id.</param>
/// <param name="IsEnabled">False for one that gets no tokens.</param>
/// <param name="Roles">By their names.</param>
/// <param name="Participants">Whom it speaks for.</param>
/// <param name="AddedAt">When it was added.</param>
sealed record ClientLine(
    string Name,
    bool IsEnabled,
    string Roles,
    string Participants,
    DateTimeOffset AddedAt
);

/// <summary>The clients of the engine. Each change is one row: it is there whole, or not at all.</summary>
sealed class ClientRegistry(
    AccountsContext context,
    OpenIddictApplicationManager<MachineClient> clients,
    AccountOptions options,
    AccountRules rules,
    TimeProvider time
)
{
    const int SecretBytes = 32;

    /// <summary>Adds a client.</summary>
    /// <returns>Its secret, which nobody can tell again.</returns>
    /// <exception cref="AccountRefusedException">It cannot be as it is asked for.</exception>
    public async Task<string> Add(
        string name,
        ImmutableArray<Role> roles,
        ImmutableArray<string> participants,
        CancellationToken cancellationToken
    )
    {
        rules.CheckClient(name, roles, participants);
        if (await clients.FindByClientIdAsync(name, cancellationToken) is not null)
            throw new AccountRefusedException(
                $"客户端 {name} 已存在。There is a client {name} already; take another name, or rotate its secret."
            );
        if (await context.Clients.CountAsync(cancellationToken) >= options.Clients)
            throw new AccountRefusedException(
                $"客户端已达上限 {options.Clients}（Access:Accounts:Clients）。There are {options.Clients} clients, as many as Access:Accounts:Clients allows; remove one, or raise it."
            );

        var secret = NewSecret();
        var client = new MachineClient
        {
            Roles = WireRoles.Write(roles),
            Participants = string.Join(' ', participants.Distinct().Order(StringComparer.Ordinal)),
            AddedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await clients.PopulateAsync(client, Described(name), cancellationToken);
        await clients.CreateAsync(client, secret, cancellationToken);
        return secret;
    }

    /// <summary>All clients, by name.</summary>
    public async Task<IReadOnlyList<ClientLine>> List(CancellationToken cancellationToken)
    {
        var rows = await context
            .Clients.AsNoTracking()
            .OrderBy(client => client.ClientId)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(Line)];
    }

    /// <summary>Gives it another secret; the former one and its tokens end.</summary>
    /// <exception cref="AccountRefusedException">There is no such client.</exception>
    public async Task<string> Rotate(string name, CancellationToken cancellationToken)
    {
        var (client, secret) = (await Find(name, cancellationToken), NewSecret());
        client.EndTokens();
        await clients.UpdateAsync(client, secret, cancellationToken);
        return secret;
    }

    /// <summary>Lets it in, or keeps it out; tokens that it had serve no more either way.</summary>
    /// <exception cref="AccountRefusedException">There is no such client.</exception>
    public async Task Enable(string name, bool isEnabled, CancellationToken cancellationToken)
    {
        var client = await Find(name, cancellationToken);
        client.IsEnabled = isEnabled;
        client.EndTokens();
        await clients.UpdateAsync(client, cancellationToken);
    }

    /// <summary>Takes it out.</summary>
    /// <exception cref="AccountRefusedException">There is no such client.</exception>
    public async Task Remove(string name, CancellationToken cancellationToken) =>
        await clients.DeleteAsync(await Find(name, cancellationToken), cancellationToken);

    async Task<MachineClient> Find(string name, CancellationToken cancellationToken) =>
        await clients.FindByClientIdAsync(name, cancellationToken)
        ?? throw new AccountRefusedException(
            $"没有客户端 {Clip.Quote(name)}。There is no client {Clip.Quote(name)}; clients list names them."
        );

    static OpenIddictApplicationDescriptor Described(string name) =>
        new()
        {
            ClientId = name,
            ClientType = OpenIddictConstants.ClientTypes.Confidential,
            Permissions =
            {
                OpenIddictConstants.Permissions.Endpoints.Token,
                OpenIddictConstants.Permissions.GrantTypes.ClientCredentials,
            },
        };

    static ClientLine Line(MachineClient client) =>
        new(
            client.ClientId!,
            client.IsEnabled,
            client.Roles,
            client.Participants,
            DateTimeOffset.FromUnixTimeMilliseconds(client.AddedAt)
        );

    static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
}
