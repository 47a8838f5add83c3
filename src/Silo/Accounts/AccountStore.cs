using System.Text;
using ClearanceEngine.Silo.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Identity's store, but what an account must keep secret (the key of its second factor, its recovery codes) is encrypted with the key of the state.</summary>
sealed class AccountStore(
    AccountsContext context,
    StateProtection protection,
    IdentityErrorDescriber describer
) : UserOnlyStore<Account, AccountsContext>(context, describer)
{
    public override Task SetTokenAsync(
        Account user,
        string loginProvider,
        string name,
        string? value,
        CancellationToken cancellationToken
    )
    {
        var stored = value is null
            ? null
            : Convert.ToBase64String(
                protection.Protect(Encoding.UTF8.GetBytes(value), Place(user, loginProvider, name))
            );
        return base.SetTokenAsync(user, loginProvider, name, stored, cancellationToken);
    }

    public override async Task<string?> GetTokenAsync(
        Account user,
        string loginProvider,
        string name,
        CancellationToken cancellationToken
    )
    {
        var stored = await base.GetTokenAsync(user, loginProvider, name, cancellationToken);
        return stored is null
            ? null
            : Encoding.UTF8.GetString(
                protection.Unprotect(Convert.FromBase64String(stored), Place(user, loginProvider, name))
            );
    }

    static string Place(Account user, string provider, string name) =>
        $"account-secret/{user.Id}/{provider}/{name}";
}
