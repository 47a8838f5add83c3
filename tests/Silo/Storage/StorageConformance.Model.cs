using CsCheck;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

public abstract partial class StorageConformance
{
    /// <summary>Few keys, two activations of each: what is stored is always what a dictionary with versions would hold.</summary>
    [Fact]
    public async Task Storage_does_what_a_dictionary_with_versions_does()
    {
        var step = Gen.Select(
            Gen.Int[0, 2],
            Gen.Int[0, 1],
            Gen.OneOf("write", "write", "clear", "read", "lose"),
            Gen.Int[0, 4]
        );
        var run = 0;
        await step.Array[1, 30]
            .SampleAsync(
                async steps => await Follow(steps, Interlocked.Increment(ref run)),
                iter: 60,
                threads: 1
            );
    }

    async Task Follow((int Key, int Rival, string Verb, int Value)[] steps, int run)
    {
        var stored = new Dictionary<int, (int Life, string Text, string Name)>();
        var lives = 0;
        var rivals = new Activation<TestState>[3, 2];
        var seen = new int?[3, 2];
        for (var k = 0; k < 3; k++)
        {
            for (var r = 0; r < 2; r++)
                rivals[k, r] = await Silo.Activate($"p/{run}/{k}");
        }
        foreach (var (k, r, verb, value) in steps)
        {
            var grain = rivals[k, r];
            var current = stored.TryGetValue(k, out var row) ? row.Life : (int?)null;
            switch (verb)
            {
                case "read":
                    await grain.Read();
                    Assert.Equal(current is null ? "" : row.Text, grain.State.Text);
                    seen[k, r] = current;
                    break;
                case "clear":
                    // Whoever saw nothing clears nothing; a row that is gone anyhow is as the caller wants it.
                    var mayClear = seen[k, r] is null || current is null || seen[k, r] == current;
                    Assert.Equal(mayClear, await Wins(grain.Clear()));
                    if (mayClear && seen[k, r] is not null)
                        stored.Remove(k);
                    seen[k, r] = mayClear ? null : seen[k, r];
                    break;
                default:
                    if (verb == "lose")
                        Silo.Database.LoseAfter(1);
                    var mayWrite = seen[k, r] == current;
                    var won = await Wins(
                        grain.Write(s => (s.Text, s.Names) = ($"{value}", [$"wb/{run}-{value}"]))
                    );
                    Silo.Database.LoseAfter(0);
                    Assert.Equal(mayWrite, won);
                    if (won)
                        (stored[k], seen[k, r]) = ((++lives, $"{value}", $"wb/{run}-{value}"), lives);
                    break;
            }
        }
        for (var k = 0; k < 3; k++)
            Assert.Equal(
                stored.TryGetValue(k, out var row) ? row.Text : "",
                (await Silo.Activate($"p/{run}/{k}")).State.Text
            );
        var rows = await Database.Query(
            $"SELECT index_key, grain_key FROM document_index WHERE grain_key LIKE 'p/{run}/%'"
        );
        Assert.Equal(
            stored.Select(s => (s.Value.Name, $"p/{run}/{s.Key}")).Order(),
            rows.Select(x => ((string)x[0], (string)x[1])).Order()
        );
    }
}
