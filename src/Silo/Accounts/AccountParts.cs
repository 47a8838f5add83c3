using ClearanceEngine.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Accounts of the engine's own. Where they are off nothing of them is there, and no model of their tables is built.</summary>
static class AccountParts
{
    public static void AddAccounts(this IServiceCollection services, AccountOptions options)
    {
        if (!options.IsOn)
            return;

        services.AddSingleton(options);
        services.AddSingleton<AccountConnections>();
        services.AddDbContextFactory<AccountsContext>(
            (sp, context) => sp.GetRequiredService<AccountConnections>().Use(context)
        );
        services.AddSingleton<SigningKeyStore>();
        services.AddSingleton<TokenKeys>();
        services.AddHostedService<TokenKeyRefresh>();
        services.AddSingleton<CredentialStates>();
        services.AddSingleton<AccountRules>();
        services.AddScoped<ClientRegistry>();
        services.AddTokenServer(options);
        services.AddPeople(options);
    }
}

/// <summary>How accounts reach the engine's database: by connections of their own, few and bounded, so that who signs in takes none from the work.</summary>
sealed class AccountConnections(StorageOptions storage, AccountOptions options) : IAsyncDisposable
{
    readonly Lazy<NpgsqlDataSource> _source = new(() => Source(storage, options.Connections)),
        _states = new(() => Source(storage, options.StateConnections));

    public void Use(DbContextOptionsBuilder context) => Use(context, _source);

    /// <summary>Whether a credential still serves is asked by connections that nobody can take who has none: strangers who sign in hold the others.</summary>
    public AccountsContext States()
    {
        var context = new DbContextOptionsBuilder<AccountsContext>();
        Use(context, _states);
        return new AccountsContext(context.Options);
    }

    void Use(DbContextOptionsBuilder context, Lazy<NpgsqlDataSource> source)
    {
        if (storage.Provider == StorageProvider.PostgreSql)
        {
            context.UseNpgsql(source.Value);
            return;
        }
        var connection = new SqliteConnectionStringBuilder(storage.ConnectionString)
        {
            Pooling = false,
            DefaultTimeout = (int)storage.CommandTimeout.TotalSeconds,
        };
        context.UseSqlite(connection.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source.IsValueCreated)
            await _source.Value.DisposeAsync();
        if (_states.IsValueCreated)
            await _states.Value.DisposeAsync();
    }

    static NpgsqlDataSource Source(StorageOptions storage, int connections)
    {
        var connection = PostgreSqlDatabase.Connection(storage.ConnectionString, storage.CommandTimeout);
        connection.MaxPoolSize = connections;
        return PostgreSqlDatabase.Source(connection);
    }
}
