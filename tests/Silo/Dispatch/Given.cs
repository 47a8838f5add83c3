using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>Documents that may leave, and whom they leave for.</summary>
static class Given
{
    public const string Platform = SampleParcel.Platform;

    /// <summary>Another platform, whose documents never share a message with the first one's.</summary>
    public const string OtherPlatform = "9999900077";

    public static ClusterMac Macs { get; } = MacsOf(7);

    /// <summary>Those of a cluster with this key.</summary>
    public static ClusterMac MacsOf(byte key) =>
        new(
            new StateKeyOptions
            {
                Ring = { ["1"] = Convert.ToBase64String(Enumerable.Repeat(key, 32).ToArray()) },
            }
        );

    public static DateTimeOffset Noon { get; } = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    public static ParticipantRegistry Participants { get; } =
        new(
            [
                new Participant
                {
                    Code = Platform,
                    Name = "虚构平台",
                    Roles = [Role.Platform],
                    Signing = SigningMode.None,
                },
                new Participant
                {
                    Code = SampleParcel.Carrier,
                    Name = "虚构物流",
                    Roles = [Role.DirectLogistics],
                    Signing = SigningMode.Cloud,
                },
            ],
            "test"
        );

    public static SampleParcel Sample(int number, int lines = 2) =>
        new()
        {
            OrderNo = $"D-{number}",
            Mode = "1210",
            Person = 1 + (number % 900),
            Serial = $"D{number}",
            At = Noon,
            Items = [.. Enumerable.Repeat(SampleParcel.Milk, lines)],
        };

    /// <summary>An order of the platform, which signs nothing.</summary>
    public static DispatchItem Order(
        int number,
        int lines = 2,
        string effectId = "order/1",
        string sender = Platform,
        CebFrame? frame = null
    ) =>
        new(
            ParcelKey(number),
            new DispatchDocument(
                effectId,
                Noon,
                DocumentType.Order,
                Sample(number, lines).Order(),
                sender,
                null,
                frame
            )
        );

    /// <summary>A line of the one inbound note of all parcels, from the platform, which signs nothing.</summary>
    public static DispatchItem InboundNote(int number) =>
        new(
            ParcelKey(number),
            new DispatchDocument(
                "inbound-note/1",
                Noon,
                DocumentType.InboundNote,
                Sample(0).InboundNote(Sample(number)).WithLines([1]),
                Platform,
                null
            )
        );

    /// <summary>A waybill of the carrier, whose messages the token signs.</summary>
    public static DispatchItem Waybill(int number) =>
        new(
            ParcelKey(number),
            new DispatchDocument(
                "waybill/1",
                Noon,
                DocumentType.Waybill,
                Sample(number).Waybill(),
                SampleParcel.Carrier,
                null
            )
        );

    public static string ParcelKey(int number) => GrainKey.Parcels($"D-{number}");

    public static Gathered Gather(params DispatchItem[] documents) =>
        Gathering.Group(documents, 100, int.MaxValue).Single();

    /// <summary>The order numbers in a message as it was produced.</summary>
    public static string[] OrderNumbers(byte[] message) =>
        [.. CebParser.Read(message).Documents.Select(d => d.Required(OrderHead.OrderNo))];
}

/// <summary>A token that signs nothing and may be away.</summary>
sealed class FakeSigner : IMessageSigner
{
    public TaskCompletionSource? Hanging { get; set; }

    public bool HasNoKey { get; set; }

    public async ValueTask<byte[]> Sign(
        ReadOnlyMemory<byte> canonicalMessage,
        string participantCode,
        CancellationToken cancellationToken = default
    )
    {
        if (Hanging is { } hanging)
            await hanging.Task.WaitAsync(cancellationToken);
        return HasNoKey
            ? throw new UnknownSigningKeyException($"no key for {participantCode}")
            : canonicalMessage.ToArray();
    }
}
