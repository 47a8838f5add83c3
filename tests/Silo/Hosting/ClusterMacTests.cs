using System.Text;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

public sealed class ClusterMacTests
{
    static readonly byte[] Value = Encoding.UTF8.GetBytes("<ceb:CEB311Message/>");

    static ClusterMac Cluster(int current, params (int Id, byte Fill)[] keys) =>
        new(
            new StateKeyOptions
            {
                Current = current,
                Ring = keys.ToDictionary(
                    k => $"{k.Id}",
                    k => Convert.ToBase64String(Enumerable.Repeat(k.Fill, 32).ToArray())
                ),
            }
        );

    [Fact]
    public void What_one_silo_made_counts_for_every_silo_of_the_cluster()
    {
        var mac = Cluster(1, (1, 7)).Make(MacPurpose.Door, "topic", Value, "door", "42");
        Assert.True(Cluster(1, (1, 7)).Counts(mac, MacPurpose.Door, "topic", Value, "door", "42"));
    }

    [Fact]
    public void It_counts_for_this_purpose_record_and_fields_only()
    {
        var cluster = Cluster(1, (1, 7));
        var mac = cluster.Make(MacPurpose.Door, "topic", Value, "door", "42");

        Assert.False(cluster.Counts(mac, MacPurpose.Arrived, "topic", Value, "door", "42"));
        Assert.False(cluster.Counts(mac, MacPurpose.Door, "other", Value, "door", "42"));
        Assert.False(cluster.Counts(mac, MacPurpose.Door, "topic", Value.AsSpan(1), "door", "42"));
        Assert.False(cluster.Counts(mac, MacPurpose.Door, "topic", Value, "door", "43"));
        Assert.False(cluster.Counts(mac, MacPurpose.Door, "topic", Value, "door4", "2"));
        Assert.False(cluster.Counts(mac, MacPurpose.Door, "topic", Value, "door"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1:")]
    [InlineData("1:AAAA")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1:not base64 at all\r\n")]
    public void Any_other_text_counts_for_nothing(string? mac) =>
        Assert.False(Cluster(1, (1, 7)).Counts(mac, MacPurpose.Door, "topic", Value, "door", "42"));

    [Fact]
    public void Another_clusters_MAC_does_not_count() =>
        Assert.False(
            Cluster(1, (1, 7))
                .Counts(
                    Cluster(1, (1, 8)).Make(MacPurpose.Door, "topic", Value, "door"),
                    MacPurpose.Door,
                    "topic",
                    Value,
                    "door"
                )
        );

    [Fact]
    public void A_former_key_counts_while_it_is_in_the_ring()
    {
        var old = Cluster(1, (1, 7)).Make(MacPurpose.Arrived, "topic", Value, "2026-11-29");
        Assert.True(Cluster(2, (1, 7), (2, 8)).Counts(old, MacPurpose.Arrived, "topic", Value, "2026-11-29"));
        Assert.False(Cluster(2, (2, 8)).Counts(old, MacPurpose.Arrived, "topic", Value, "2026-11-29"));
    }
}
