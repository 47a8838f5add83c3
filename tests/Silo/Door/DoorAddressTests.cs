using System.Text;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests.Door;

public sealed class DoorAddressTests
{
    const string Topic = "declarations.order";

    static readonly byte[] Value = Encoding.UTF8.GetBytes("<ceb:CEB311Message/>");
    static readonly DoorAddress Asker = new("d/127.0.0.1:11111@1", "42");
    static readonly ClusterMac Macs = new(
        new StateKeyOptions { Ring = { ["1"] = Convert.ToBase64String(new byte[32]) } }
    );

    [Fact]
    public void A_door_of_this_cluster_is_found_again() =>
        Assert.Equal(Asker, DoorAddress.Of(Record(Topic, Value, Asker.Headers(Macs, Topic, Value)), Macs));

    [Fact]
    public void A_record_without_headers_names_none() =>
        Assert.Null(DoorAddress.Of(Record(Topic, Value, []), Macs));

    [Theory]
    [InlineData(TopicNames.DoorHeader)]
    [InlineData(TopicNames.CorrelationHeader)]
    [InlineData(TopicNames.DoorMacHeader)]
    public void A_header_that_was_changed_or_taken_away_names_none(string header)
    {
        var changed = Asker.Headers(Macs, Topic, Value);
        changed.Add(header, "43"u8.ToArray());
        Assert.Null(DoorAddress.Of(Record(Topic, Value, changed), Macs));

        var without = Asker.Headers(Macs, Topic, Value);
        without.Remove(header);
        Assert.Null(DoorAddress.Of(Record(Topic, Value, without), Macs));
    }

    [Fact]
    public void Headers_that_were_copied_to_another_record_name_none()
    {
        var headers = Asker.Headers(Macs, Topic, Value);
        Assert.Null(DoorAddress.Of(Record("declarations.list", Value, headers), Macs));
        Assert.Null(DoorAddress.Of(Record(Topic, "<other/>"u8.ToArray(), headers), Macs));
    }

    /// <summary>A record that is put back from the dead letters has nobody who waits, and its sender is known all the same.</summary>
    [Fact]
    public void That_a_door_put_a_record_on_its_topic_is_known_without_the_one_who_waits()
    {
        var headers = Asker.Headers(Macs, Topic, Value);
        headers.Remove(TopicNames.DoorHeader);
        headers.Remove(TopicNames.CorrelationHeader);
        headers.Remove(TopicNames.DoorMacHeader);

        Assert.True(DoorAddress.IsFromDoor(Record(Topic, Value, headers), Macs));
        Assert.False(DoorAddress.IsFromDoor(Record("declarations.list", Value, headers), Macs));
        Assert.False(DoorAddress.IsFromDoor(Record(Topic, "<other/>"u8.ToArray(), headers), Macs));
        Assert.False(DoorAddress.IsFromDoor(Record(Topic, Value, []), Macs));
    }

    /// <summary>The proof of who waits says nothing of the sender, and is copied into no other header.</summary>
    [Fact]
    public void The_MAC_of_another_purpose_proves_no_sender()
    {
        var mac = Macs.Make(MacPurpose.Arrived, Topic, Value);
        var forged = new Headers { { TopicNames.SenderMacHeader, Encoding.UTF8.GetBytes(mac) } };

        Assert.False(DoorAddress.IsFromDoor(Record(Topic, Value, forged), Macs));
    }

    static FeedRecord Record(string topic, byte[] value, Headers headers) =>
        new(topic, 0, 0, DateTimeOffset.UnixEpoch, null, value, headers);
}
