using System.Collections.Immutable;
using System.Security.Cryptography;
using ClearanceEngine.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>An account, as administrators see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it can come in, and why not.</param>
/// <param name="Roles">By their names.</param>
/// <param name="Participant">Whom it speaks for; null for nobody.</param>
/// <param name="HasSecondFactor">It has enrolled one.</param>
sealed record AccountLine(
    string Name,
    AccountState State,
    string Roles,
    string? Participant,
    bool HasSecondFactor
);

/// <summary>Whether an account can come in.</summary>
enum AccountState
{
    /// <summary>It can.</summary>
    Enabled,

    /// <summary>An administrator keeps it out.</summary>
    Disabled,

    /// <summary>Too many wrong passwords or codes; it can try again in a while.</summary>
    Locked,

    /// <summary>It has the password that was made for it.</summary>
    New,
}

/// <summary>The accounts of people.</summary>
sealed class AccountRegistry(
    AccountsContext context,
    UserManager<Account> accounts,
    AccountTries tries,
    SecondFactor factor,
    AccountRules rules,
    AccountOptions options,
    TimeProvider time
)
{
    /// <summary>Without those that look alike.</summary>
    const string Signs = "abcdefghijkmnpqrstuvwxyz23456789";

    const int FirstPasswordLength = 20;

    /// <summary>Adds an account.</summary>
    /// <returns>Its first password, which it must change.</returns>
    /// <exception cref="AccountRefusedException">It cannot be as it is asked for.</exception>
    public async Task<string> Add(
        string name,
        ImmutableArray<Role> roles,
        string? participant,
        CancellationToken cancellationToken
    )
    {
        rules.CheckPerson(name, roles, participant);
        if (await accounts.FindByNameAsync(name) is not null)
            throw new AccountRefusedException(
                $"账户 {name} 已存在。There is an account {name} already; take another name, or reset it."
            );
        if (await context.Users.CountAsync(cancellationToken) >= options.People)
            throw new AccountRefusedException(
                $"账户已达上限 {options.People}（Access:Accounts:People）。There are {options.People} accounts, as many as Access:Accounts:People allows; remove one, or raise it."
            );

        var account = new Account
        {
            UserName = name,
            Roles = WireRoles.Write(roles),
            Participant = participant,
            AddedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var password = GiveFirstPassword(account);
        AccountChange.Done(await accounts.CreateAsync(account));
        return password;
    }

    /// <summary>All accounts, by name.</summary>
    public async Task<IReadOnlyList<AccountLine>> List(CancellationToken cancellationToken)
    {
        var rows = await context.Users.AsNoTracking().OrderBy(a => a.UserName).ToListAsync(cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return
        [
            .. rows.Select(a => new AccountLine(
                a.UserName!,
                StateOf(a, now),
                a.Roles,
                a.Participant,
                a.TwoFactorEnabled
            )),
        ];
    }

    /// <summary>Gives it a first password again; its sessions end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="alsoSecondFactor">Its second factor is lost as well: it enrols another.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AccountRefusedException">There is no such account.</exception>
    public async Task<string> Reset(string name, bool alsoSecondFactor, CancellationToken cancellationToken)
    {
        var account = await Find(name);
        // Half of it would be an account whose old password comes in without a second factor.
        await using var change = await context.Database.BeginTransactionAsync(cancellationToken);
        var password = GiveFirstPassword(account);
        if (alsoSecondFactor)
            await factor.TakeOut(account);
        else
            await factor.DropBegun(account);
        AccountChange.Done(await accounts.UpdateSecurityStampAsync(account));
        await tries.Forget(account.Id, cancellationToken);
        await change.CommitAsync(cancellationToken);
        return password;
    }

    /// <summary>Lets it try again at once.</summary>
    /// <exception cref="AccountRefusedException">There is no such account.</exception>
    public async Task Unlock(string name, CancellationToken cancellationToken) =>
        await tries.Forget((await Find(name)).Id, cancellationToken);

    /// <summary>Lets it in, or keeps it out; sessions that it had are over either way.</summary>
    /// <exception cref="AccountRefusedException">There is no such account.</exception>
    public async Task Enable(string name, bool isEnabled)
    {
        var account = await Find(name);
        account.IsEnabled = isEnabled;
        AccountChange.Done(await accounts.UpdateSecurityStampAsync(account));
    }

    /// <summary>Takes it out.</summary>
    /// <exception cref="AccountRefusedException">There is no such account.</exception>
    public async Task Remove(string name) => AccountChange.Done(await accounts.DeleteAsync(await Find(name)));

    async Task<Account> Find(string name) =>
        await accounts.FindByNameAsync(name)
        ?? throw new AccountRefusedException(
            $"没有账户 {Clip.Quote(name)}。There is no account {Clip.Quote(name)}; accounts list names them."
        );

    string GiveFirstPassword(Account account)
    {
        var password = RandomNumberGenerator.GetString(Signs, FirstPasswordLength);
        account.PasswordHash = accounts.PasswordHasher.HashPassword(account, password);
        account.MustChangePassword = true;
        account.PasswordEnds = (time.GetUtcNow() + options.FirstPasswordLifetime).ToUnixTimeMilliseconds();
        return password;
    }

    static AccountState StateOf(Account account, long now)
    {
        if (!account.IsEnabled)
            return AccountState.Disabled;
        if (account.LockedUntil > now)
            return AccountState.Locked;
        return account.MustChangePassword ? AccountState.New : AccountState.Enabled;
    }
}
