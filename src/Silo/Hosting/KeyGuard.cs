using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Lets the engine start only with the keys that its database depends on, before anything reads a state (ADR 016).</summary>
sealed class KeyGuard(IStateDatabase database, DatabaseRetry retry, EngineKeys keys, TimeProvider time)
{
    /// <summary>Compares, and enters what is new. The schema must be there.</summary>
    /// <exception cref="OptionsValidationException">A key is another than before, or one that rows need is not given.</exception>
    public Task Check() =>
        retry.Run(async () =>
        {
            await database.ChangeKeys(Compared);
            return true;
        });

    IReadOnlyList<DatabaseKey> Compared(IReadOnlyList<DatabaseKey> known)
    {
        var verdict = new KeyComparison(database.Place, time.GetUtcNow()).Compare(known, keys.All);
        return verdict.Faults.Count == 0
            ? verdict.Known
            : throw new OptionsValidationException("Keys", typeof(EngineKeys), verdict.Faults);
    }
}
