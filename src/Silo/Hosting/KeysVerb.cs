using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The keys that the database depends on, by their fingerprints: <c>keys show</c> compares them with those that the settings
/// give; <c>keys forget NAME</c> lets one go under which nothing is stored. Both with the engine's settings; no engine is
/// started.
/// </summary>
static class KeysVerb
{
    public static async Task<ExitCode> Show(string[] settings)
    {
        await using var app = Parts(settings);
        var database = app.Services.GetRequiredService<IStateDatabase>();
        var ours = app.Services.GetRequiredService<EngineKeys>().All;
        var known = await Known(database);

        Console.WriteLine(database.Place);
        foreach (var key in known)
            Console.WriteLine(
                $"  {key.Name}  {key.Fingerprint}  自 since {KeyComparison.Since(key)}  {Compared(key, ours)}"
            );
        foreach (var key in ours.ExceptBy(known.Select(k => k.Name), k => k.Name))
            Console.WriteLine(
                $"  {key.Name}  {key.Fingerprint}  尚未登记，下次启动登记 new: the next start enters it"
            );
        RefuseOthers(database, known, ours);
        return ExitCode.Done;
    }

    /// <summary>In the words of the start and with its exit code, so that a script can ask before it starts.</summary>
    /// <exception cref="OptionsValidationException">A start with these keys would be refused.</exception>
    static void RefuseOthers(
        IStateDatabase database,
        IReadOnlyList<DatabaseKey> known,
        IReadOnlyList<EngineKey> ours
    )
    {
        var verdict = new KeyComparison(database.Place, DateTimeOffset.UtcNow).Compare(known, ours);
        if (verdict.Faults.Count > 0)
            throw new OptionsValidationException("Keys", typeof(EngineKeys), verdict.Faults);
    }

    public static async Task<ExitCode> Forget(string name, string[] settings)
    {
        await using var app = Parts(settings);
        var database = app.Services.GetRequiredService<IStateDatabase>();
        var known = await Known(database);
        if (known.FirstOrDefault(k => Same(k.Name, name)) is not { } key)
            return await Refuse(
                $"{database.Place} 没有登记 {name}。{database.Place} knows no key {name}; it knows: {string.Join(", ", known.Select(k => k.Name))}."
            );
        if (await Obstacle(app.Services, database, key.Name) is { } obstacle)
            return await Refuse(obstacle);

        await database.ChangeKeys(now => [.. now.Where(k => k.Name != key.Name)]);
        Console.WriteLine(
            $"已不再登记 {key.Name}，下次启动登记所给的密钥。{key.Name} is forgotten; the next start enters the key that it is given."
        );
        return ExitCode.Done;
    }

    /// <summary>Why a key cannot be let go; null if it can.</summary>
    static async Task<string?> Obstacle(IServiceProvider services, IStateDatabase database, string name)
    {
        if (EngineKeys.RingId(name) is not { } id)
            return await database.HasRows(EngineKeys.StatesOfPeople)
                ? $"{database.Place} 已存有包裹或订购人，{name} 不能更换。{database.Place} holds parcels or subscribers, which are known by {name}: it cannot be changed any more."
                : null;

        if (services.GetRequiredService<StorageOptions>().Keys.Current == id)
            return $"{name} 是当前密钥，请先改 Storage:Keys:Current。{name} is the current key; let Storage:Keys:Current name another first, in every silo.";
        var isOfAccounts = await AccountKeyUse.IsEncryptedWith(
            id,
            services.GetRequiredService<StorageOptions>(),
            services.GetRequiredService<AccessOptions>().Accounts
        );
        return isOfAccounts || await database.IsEncryptedWith(id)
            ? $"{database.Place} 中仍有用 {name} 加密的数据。Something in {database.Place} is still encrypted with {name}; it must stay in the ring."
            : null;
    }

    static async Task<IReadOnlyList<DatabaseKey>> Known(IStateDatabase database)
    {
        IReadOnlyList<DatabaseKey> found = [];
        return await StateVerb.Reading(database, async () =>
        {
            await database.ChangeKeys(known => found = known);
            return found;
        });
    }

    static string Compared(DatabaseKey key, IReadOnlyList<EngineKey> ours)
    {
        var use = key.InUse ? "使用中 in use" : "未使用 not used yet";
        var given = ours.FirstOrDefault(o => o.Name == key.Name);
        return given is null ? $"{use}, 未给 not given"
            : given.Fingerprint == key.Fingerprint ? $"{use}, 相符 as given"
            : $"{use}，不符：所给指纹 another is given: {given.Fingerprint}";
    }

    /// <summary>Nothing is signed here: the token's library need not be at hand.</summary>
    static WebApplication Parts(string[] settings) =>
        StateVerb.Parts([.. settings, "--Hsm:Provider=Development"]);

    static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    static async Task<ExitCode> Refuse(string text)
    {
        await Console.Error.WriteLineAsync(text);
        return ExitCode.Refused;
    }
}
