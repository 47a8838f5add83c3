using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests;

public class SampleTests
{
    static readonly string Directory = Path.Combine(AppContext.BaseDirectory, "samples", "demo");

    [Fact]
    public void The_files_of_the_repository_are_those_of_the_generator()
    {
        var (files, expectations) = DemoScenarios.Build();
        var (read, expected) = DemoSet.Read(Directory);
        Assert.Equal(expectations, expected);
        Assert.Equal(files.OrderBy(Name).Select(Name), read.OrderBy(Name).Select(Name));
        Assert.All(files.OrderBy(Name).Zip(read.OrderBy(Name)), p =>
            Assert.True(p.First.Content.AsSpan().SequenceEqual(p.Second.Content), Name(p.First))
        );

        static string Name(DemoFile f) => $"{f.Scenario}/{f.Phase}/{f.FileName}";
    }

    [Fact]
    public void The_demo_has_both_modes_every_outcome_and_at_least_thirty_parcels()
    {
        var (files, expectations) = DemoScenarios.Build();
        Assert.True(expectations.Count >= 30);
        Assert.All(Enum.GetNames<ClearanceEngine.Simulator.Outcome>(), o =>
            Assert.Contains(expectations, e =>
                e.OrderNo.StartsWith($"SIM-{o.ToUpperInvariant()}-", StringComparison.Ordinal)
            )
        );
        var modes = files
            .Select(f => CebParser.Read(f.Content))
            .Where(m => m.Type == CebType.DeclarationList)
            .SelectMany(m => m.Documents)
            .Select(d => d[InventoryHead.TradeMode])
            .Distinct();
        Assert.Equal(["1210", "9610"], modes.Order());
    }

    [Fact]
    public void Every_generated_document_is_valid_and_its_parcel_matches() =>
        Gen.Select(Gen.Int[1, 9_000], Gen.Bool, Gen.Long[0, 5_000], Gen.Int[1, 3])
            .Sample(
                (person, bonded, freight, quantity) =>
                {
                    var p = new SampleParcel
                    {
                        OrderNo = $"G-{person}",
                        Mode = bonded ? "1210" : "9610",
                        Person = person,
                        Serial = $"{person}",
                        At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
                        FreightFen = freight,
                        Items = [SampleParcel.Milk with { Quantity = quantity }, SampleParcel.Cream],
                    };
                    CebDocument[] documents =
                    [
                        p.Order(),
                        p.Payment(),
                        p.Waybill(),
                        p.List(),
                        p.InboundNote(),
                        p.Cancellation("99992026I000000001"),
                        p.Return("99992026I000000001", (1, 1)),
                    ];
                    return documents.All(d => CebValidator.Check(d).Count == 0)
                        && CrossChecks
                            .Check(
                                new ParcelDocuments(documents[0], documents[1], documents[2], documents[3]),
                                new CustomsPortOptions()
                            )
                            .Count == 0
                        && documents.All(d =>
                            !OwnChecks
                                .Check(
                                    DocumentTypes.OfMessage(d.Type)!.Value,
                                    d,
                                    new CustomsPortOptions(),
                                    new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero)
                                )
                                .Any()
                        );
                },
                iter: 300
            );
}
