using ClearanceEngine.Storage;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests;

public class GrainKeyTests
{
    [Fact]
    public void No_two_parcels_share_a_key() =>
        Gen.Select(Gen.String, Gen.String, Gen.String, Gen.String)
            .Sample((a, b, c, d) => (a, b) == (c, d) || GrainKey.Parcel(a, b) != GrainKey.Parcel(c, d));

    [Fact]
    public void A_key_tells_its_parcel() =>
        Gen.Select(Gen.String[Gen.Char["/%aX09\n中"], 1, 8], Gen.String[Gen.Char["/%aX09\n中"], 1, 8])
            .Sample((ebp, order) => GrainKey.ParseParcel(GrainKey.Parcel(ebp, order)) == (ebp, order));

    [Fact]
    public void Slashes_cannot_move_a_part() =>
        Assert.NotEqual(GrainKey.Parcel("a/b", "c"), GrainKey.Parcel("a", "b/c"));

    [Fact]
    public void Names_of_different_documents_differ() =>
        Assert.Equal(
            3,
            new[] { IndexKey.Waybill("a", "b"), IndexKey.Payment("a", "b"), IndexKey.ListCopNo("a", "b") }
                .Distinct()
                .Count()
        );
}
