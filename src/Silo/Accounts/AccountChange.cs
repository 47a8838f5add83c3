using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What Identity says of a change.</summary>
static class AccountChange
{
    /// <exception cref="AccountRefusedException">It was not made.</exception>
    public static void Done(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new AccountRefusedException(
                $"账户未更改，可能同时被他人修改，请重试。The account was not changed ({string.Join(", ", result.Errors.Select(e => e.Code))}): somebody else may have changed it meanwhile; try again."
            );
    }
}
