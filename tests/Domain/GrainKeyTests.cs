using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests;

public class GrainKeyTests
{
    static readonly Gen<string> Part = Gen.String[Gen.Char["/%aX09\n中"], 1, 8];

    [Fact]
    public void No_two_order_numbers_share_a_key_and_no_two_parcels_a_name() =>
        Gen.Select(Part, Part, Part, Part)
            .Sample(
                (a, b, c, d) =>
                    (b == d || GrainKey.Parcels(b) != GrainKey.Parcels(d))
                    && ((a, b) == (c, d) || Name(a, b) != Name(c, d))
            );

    [Fact]
    public void A_key_tells_its_order_number() =>
        Part.Sample(order => GrainKey.OrderNoOf(GrainKey.Parcels(order)) == order);

    [Fact]
    public void The_name_of_an_effect_tells_platform_and_effect() =>
        Gen.Select(Part, Part)
            .Sample(
                (ebp, id) => EffectName.Parse(new EffectName(ebp, id).ToString()) == new EffectName(ebp, id)
            );

    [Fact]
    public void Slashes_cannot_move_a_part() => Assert.NotEqual(Name("a/b", "c"), Name("a", "b/c"));

    [Fact]
    public void Names_of_different_documents_differ() =>
        Assert.Equal(
            3,
            new[] { IndexKey.Waybill("a", "b"), IndexKey.Payment("a", "b"), IndexKey.ListCopNo("a", "b") }
                .Distinct()
                .Count()
        );

    static string Name(string ebpCode, string orderNo) => new ParcelName(ebpCode, orderNo).ToString();
}
