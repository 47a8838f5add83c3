using Microsoft.EntityFrameworkCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>
/// How often passwords and codes of an account are tried. A try is counted before it is looked at, by one statement: of a hundred
/// guesses at once no more are looked at than of a hundred one after the other.
/// </summary>
sealed class AccountTries(AccountsContext context, AccountOptions options, TimeProvider time)
{
    /// <summary>False where there is none left: then nothing may be looked at.</summary>
    /// <param name="id">Of the account; one that is not there costs the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> Take(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (shortest, longest) = (Milliseconds(options.LockTime), Milliseconds(options.LongestLock));
        var last = options.Tries - 1;
        var taken = await context
            .Users.Where(account => account.Id == id && account.LockedUntil <= now)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(
                            account => account.LockedUntil,
                            account =>
                                account.Tries >= last
                                    ? now + Math.Min(longest, Math.Max(shortest, account.LastLock * 2))
                                    : 0
                        )
                        .SetProperty(
                            account => account.LastLock,
                            account =>
                                account.Tries >= last
                                    ? Math.Min(longest, Math.Max(shortest, account.LastLock * 2))
                                    : account.LastLock
                        )
                        .SetProperty(
                            account => account.Tries,
                            account => account.Tries >= last ? 0 : account.Tries + 1
                        ),
                cancellationToken
            );
        return taken == 1;
    }

    /// <summary>True while nothing of it is tried.</summary>
    public Task<bool> IsLocked(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return context.Users.AnyAsync(
            account => account.Id == id && account.LockedUntil > now,
            cancellationToken
        );
    }

    /// <summary>It came in, or an administrator lets it try again.</summary>
    public Task Forget(string id, CancellationToken cancellationToken) =>
        context
            .Users.Where(account => account.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(account => account.LockedUntil, 0)
                        .SetProperty(account => account.LastLock, 0)
                        .SetProperty(account => account.Tries, 0),
                cancellationToken
            );

    /// <summary>A code's step is taken once: false where it or a later one was.</summary>
    public async Task<bool> TakeStep(string id, long step, CancellationToken cancellationToken) =>
        await context
            .Users.Where(account => account.Id == id && account.LastStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(account => account.LastStep, step), cancellationToken)
        == 1;

    static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
