using System.Text;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>The tables of accounts, in the engine's own database. Our script makes them (<c>003_accounts.sql</c>); a test compares it with this model.</summary>
sealed class AccountsContext(DbContextOptions<AccountsContext> options)
    : IdentityUserContext<Account>(options),
        IDataProtectionKeyContext
{
    public DbSet<MachineClient> Clients => Set<MachineClient>();

    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict<MachineClient, ClientGrant, ClientScope, ClientToken, string>();
        builder.Entity<SigningKeyRow>().HasKey(key => key.Number);
        builder.Entity<SigningKeyRow>().Property(key => key.Number).ValueGeneratedNever();
        LeaveOut(builder);
        KeepCounts(builder.Entity<Account>());

        builder.Entity<Account>().ToTable("account");
        builder.Entity<IdentityUserToken<string>>().ToTable("account_secret");
        builder.Entity<MachineClient>().ToTable("account_client");
        builder.Entity<ClientGrant>().ToTable("account_client_grant");
        builder.Entity<ClientToken>().ToTable("account_client_token");
        builder.Entity<ClientScope>().ToTable("account_client_scope");
        builder.Entity<SigningKeyRow>().ToTable("account_signing_key");
        builder.Entity<DataProtectionKey>().ToTable("account_protection_key");
        foreach (var table in builder.Model.GetEntityTypes())
            Name(table);
    }

    /// <summary>What an account here does not have is not kept for it.</summary>
    static void LeaveOut(ModelBuilder builder)
    {
        builder.Ignore<IdentityUserClaim<string>>();
        builder.Ignore<IdentityUserLogin<string>>();
        var account = builder.Entity<Account>();
        account.Ignore(a => a.Email);
        account.Ignore(a => a.NormalizedEmail);
        account.Ignore(a => a.EmailConfirmed);
        account.Ignore(a => a.PhoneNumber);
        account.Ignore(a => a.PhoneNumberConfirmed);
        account.Ignore(a => a.LockoutEnabled);
        account.Ignore(a => a.LockoutEnd);
        account.Ignore(a => a.AccessFailedCount);
    }

    /// <summary>Counted by statements of their own: whoever writes an account as it was read must not write these back.</summary>
    static void KeepCounts(EntityTypeBuilder<Account> account)
    {
        account.Property(a => a.Tries).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        account.Property(a => a.LockedUntil).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        account.Property(a => a.LastLock).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        account.Property(a => a.LastStep).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
    }

    static void Name(IMutableEntityType table)
    {
        var name = table.GetTableName()!;
        foreach (var column in table.GetProperties())
            column.SetColumnName(Snake(column.Name));
        foreach (var key in table.GetKeys())
            key.SetName($"{name}_pkey");
        foreach (var index in table.GetIndexes())
            index.SetDatabaseName($"{name}_{Snake(string.Join("", index.Properties.Select(p => p.Name)))}");
        foreach (var link in table.GetForeignKeys())
            link.SetConstraintName($"{name}_{Snake(link.Properties[0].Name)}_fkey");
    }

    static string Snake(string name)
    {
        var snake = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(letter));
        }
        return snake.ToString();
    }
}
