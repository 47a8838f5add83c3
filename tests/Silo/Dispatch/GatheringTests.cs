using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>Which documents share a message, by count and by the bytes that they take as they are sent.</summary>
public sealed class GatheringTests
{
    [Fact]
    public void What_a_document_takes_in_a_message_is_known_before_it_is_written()
    {
        CebDocument[] documents = [Given.Order(1, 3).Effect.Document, Given.Waybill(2).Effect.Document];
        foreach (var document in documents)
        {
            var message = new CebMessage(document.Type, "G", "1.0", []);
            Assert.Equal(
                CebWriter.Write(message with { Documents = [document] }).Length
                    - CebWriter.Write(message).Length,
                CebWriter.Measure(document)
            );
        }
    }

    [Fact]
    public void Documents_fill_messages_by_count_and_by_bytes_and_each_is_in_one()
    {
        var handed = Enumerable.Range(0, 250).Select(i => Given.Order(i, 1 + (i % 7))).ToArray();
        var limit = handed.Take(30).Sum(h => (long)CebWriter.Measure(h.Effect.Document));
        foreach (var (count, bytes) in ((int, long)[])[(100, long.MaxValue), (100, limit), (7, limit)])
        {
            var messages = Gathering.Group(handed, count, bytes).ToList();

            Assert.Equal(handed, messages.SelectMany(m => m.Documents));
            Assert.All(messages, m => Assert.InRange(m.Documents.Length, 1, count));
            Assert.All(messages, m => Assert.InRange(m.Bytes, 1, bytes));
            Assert.All(messages, m => Assert.Equal(m.Bytes, m.Documents.Sum(Bytes)));
            // Full: the next one's first document would not have fitted in.
            Assert.All(messages.Zip(messages.Skip(1)), m =>
                Assert.True(
                    m.First.Documents.Length == count || m.First.Bytes + Bytes(m.Second.Documents[0]) > bytes
                )
            );
        }
    }

    [Fact]
    public void A_document_that_is_too_large_by_itself_stands_alone()
    {
        var large = Given.Order(2, 90);
        var messages = Gathering
            .Group([Given.Order(1), large, Given.Order(3)], 100, Bytes(large) - 1)
            .ToList();
        Assert.Equal(
            [
                [Given.ParcelKey(1)],
                [Given.ParcelKey(2)],
                [Given.ParcelKey(3)],
            ],
            messages.Select(Keys)
        );
    }

    [Fact]
    public void Only_documents_of_one_type_and_sender_share_a_message()
    {
        var messages = Gathering
            .Group(
                [
                    Given.Order(1),
                    Given.Waybill(1),
                    Given.Order(2),
                    Given.Order(3, sender: Given.OtherPlatform),
                ],
                100,
                1_000_000
            )
            .ToList();
        Assert.Equal(
            [
                (DocumentType.Order, Given.Platform, 2),
                (DocumentType.Waybill, SampleParcel.Carrier, 1),
                (DocumentType.Order, Given.OtherPlatform, 1),
            ],
            messages.Select(m => (m.Type, m.Sender, m.Documents.Length))
        );
    }

    [Fact]
    public void What_was_in_a_refused_message_goes_alone()
    {
        var messages = Gathering
            .Group([Given.Order(1), Resent(Given.Order(2)), Given.Order(3)], 100, 1_000_000)
            .ToList();
        Assert.Equal(
            [
                [Given.ParcelKey(1), Given.ParcelKey(3)],
                [Given.ParcelKey(2)],
            ],
            messages.Select(Keys)
        );
    }

    [Fact]
    public void The_same_documents_make_the_same_message()
    {
        var guids = new MessageGuids(Given.Macs);
        var guid = guids.Of([Given.Order(1), Given.Order(2)]);
        Assert.Equal(guid, guids.Of([Given.Order(1), Given.Order(2)]));
        Assert.NotEqual(guid, guids.Of([Given.Order(1)]));
        Assert.NotEqual(guid, guids.Of([Given.Order(1), Given.Order(2, effectId: "order/2")]));
    }

    /// <summary>A participant that chose it for a message of its own, before ours was sent, would hold ours up.</summary>
    [Fact]
    public void Nobody_without_the_keys_of_the_cluster_can_tell_a_messages_guid_beforehand()
    {
        DispatchItem[] documents = [Given.Order(1)];
        Assert.NotEqual(
            new MessageGuids(Given.Macs).Of(documents),
            new MessageGuids(Given.MacsOf(8)).Of(documents)
        );
    }

    [Fact]
    public async Task The_room_kept_for_frame_and_signature_is_enough()
    {
        var sender = new Participant
        {
            Code = new string('9', 18),
            Name = new string('&', 100),
            DxpId = new string('&', 30),
        };
        var order = Given.Order(1);
        var body = CebWriter.Write(
            Gathering.Message(Given.Gather(order), sender, new MessageGuids(Given.Macs).Of([order]))
        );
        var (_, certificate) = DevelopmentCertificates.Create(
            SignatureAlgorithm.RsaSha1,
            new string('N', 64),
            Given.Noon
        );
        // As long as that of an RSA key of 4,096 bits.
        var signed = await EnvelopedSignature.Sign(body, certificate, SignatureProfile.RsaSha1, _ =>
            ValueTask.FromResult(new byte[512])
        );
        Assert.InRange(signed.Length - Bytes(order), 2_000, DispatchOptions.FrameRoom / 2);
    }

    static long Bytes(DispatchItem item) => CebWriter.Measure(item.Effect.Document);

    static DispatchItem Resent(DispatchItem item) =>
        item with
        {
            Effect = item.Effect with { IsResend = true },
        };

    static string[] Keys(Gathered gathered) => [.. gathered.Documents.Select(d => d.ParcelKey)];

    /// <summary>What a participant puts beside its documents is about all documents of the message.</summary>
    [Fact]
    public void Documents_share_a_message_only_with_those_of_the_same_frame_and_it_leaves_with_them()
    {
        var merchant = new CebFrame([new CebSubscription("ALL", "DXP", "DXPTEST000000002")], null);
        var port = new CebFrame([], new CebExtension("PORTLOCAL", "1.0", "<own><a></a></own>"));
        DispatchItem[] documents =
        [
            Given.Order(1, frame: merchant),
            Given.Order(2),
            Given.Order(3, frame: merchant with { }),
            Given.Order(4, frame: port),
        ];

        var messages = Gathering.Group(documents, 100, int.MaxValue).ToArray();

        Assert.Equal([2, 1, 1], messages.Select(m => m.Documents.Length));
        Assert.Equal(
            [merchant.Key, null, port.Key],
            messages.Select(m =>
                CebParser
                    .Read(
                        CebWriter.Write(Gathering.Message(m, Given.Participants.Find(Given.Platform)!, "G"))
                    )
                    .Frame?.Key
            )
        );
        Assert.Equal(
            messages.Select(m =>
                m.Documents.Sum(d => (long)CebWriter.Measure(d.Effect.Document))
                + CebWriter.Measure(m.Documents[0].Effect.Frame)
            ),
            messages.Select(m => m.Bytes)
        );
    }
}
