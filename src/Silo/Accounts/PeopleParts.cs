using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Accounts of people: Identity's, on our tables.</summary>
static class PeopleParts
{
    /// <summary>OWASP's least for PBKDF2 with SHA-512.</summary>
    const int HashRounds = 210_000;

    public static void AddPeople(this IServiceCollection services, AccountOptions options)
    {
        services.AddSingleton<PasswordRules>();
        services.AddIdentityCore<Account>().AddUserStore<AccountStore>();
        // Identity's own rules of composition are none of ours.
        foreach (
            var own in services.Where(s => s.ServiceType == typeof(IPasswordValidator<Account>)).ToArray()
        )
            services.Remove(own);
        services.AddSingleton<IPasswordValidator<Account>>(sp => sp.GetRequiredService<PasswordRules>());
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = HashRounds);

        services.AddSingleton<SignInLog>();
        services.AddScoped<AccountTries>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<SignIn>();
        services.AddScoped<AccountVisit>();
        services.AddScoped<AccountRegistry>();
        services.AddAccountCookies(options);
        services.AddRazorComponents();
    }
}
