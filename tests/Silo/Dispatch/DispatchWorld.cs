using ClearanceEngine.SignedMessages;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Storage;
using ClearanceEngine.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>The way out over a real memory of messages (SQLite), with broker, token and grains that do as they are told.</summary>
sealed class DispatchWorld : IAsyncDisposable
{
    readonly TestDatabase _database;
    readonly StorageOfSilo _storage;

    DispatchWorld(TestDatabase database, StorageOfSilo storage, DispatchOptions options)
    {
        _database = database;
        _storage = storage;
        Options = options;
        Log = new CrashingLog(storage.Log);
        var news = new ParcelNews(Grains, Time, NullLogger<ParcelNews>.Instance);
        Departures = new OutboundMessages(Log, Producer, Grains, news, NullLogger<OutboundMessages>.Instance);
        Documents = new DocumentSender(
            options,
            Given.Participants,
            new MessageGuids(Given.Macs),
            () => Signer,
            Log,
            Departures,
            Grains,
            news,
            Time
        );
        Breakers = new ReceiverBreakers(options, Given.Participants, Time);
        Broker = new BrokerCheck(Parts, options, Time);
        Receipts = new ReceiptSender(
            options,
            Given.Participants,
            Breakers,
            Producer,
            Producer,
            Broker,
            Time,
            NullLogger<ReceiptSender>.Instance
        );
        HandOns = new RecordHandOns(Receipts, Broker, Grains, options, Time);
        Recovery = new MessageRecovery(
            new RecoveryOptions(),
            Log,
            Departures,
            Grains,
            Time,
            NullLogger<MessageRecovery>.Instance
        );
    }

    public DispatchOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(Given.Noon);

    public FakeGrains Grains { get; } = new();

    public FakeProducer Producer { get; } = new();

    public FakeSigner Signer { get; } = new();

    public CrashingLog Log { get; }

    public OutboundMessages Departures { get; }

    public DocumentSender Documents { get; }

    public ReceiverBreakers Breakers { get; }

    public FakeBrokerWatch Parts { get; } = new();

    public BrokerCheck Broker { get; }

    public ReceiptSender Receipts { get; }

    public RecordHandOns HandOns { get; }

    public MessageRecovery Recovery { get; }

    public static async Task<DispatchWorld> Start(DispatchOptions? options = null)
    {
        var database = await SqliteTestDatabase.Create();
        return new DispatchWorld(
            database,
            await StorageOfSilo.Start(database),
            options ?? new DispatchOptions()
        );
    }

    /// <summary>What a scan does a day later with all that is unfinished.</summary>
    public async Task Recover()
    {
        foreach (var message in await Log.Unfinished(Given.Noon.AddDays(1), null, 100))
            await Recovery.Drive(message, CancellationToken.None);
    }

    public async Task<string[]> Unfinished() =>
        [.. (await Log.Unfinished(Given.Noon.AddDays(1), null, 100)).Select(m => m.Guid)];

    public Task<List<object[]>> Query(string sql) => _database.Query(sql);

    /// <summary>A message that the carrier signed, with a document of each of these parcels, all of which may leave.</summary>
    public SendSignedMessage Signed(string guid, params int[] parcels)
    {
        Grains.Signed(guid).State = new SignedMessage { Guid = guid, Stage = SignedMessageStage.Leaving };
        return new SendSignedMessage(
            guid,
            Given.Noon,
            "CEB511Message",
            Simulator.Samples.SampleParcel.Carrier,
            new byte[1_000],
            [.. parcels.Select(p => new OutboundMember(Given.ParcelKey(p), "waybill/1"))]
        );
    }

    public async ValueTask DisposeAsync()
    {
        Receipts.Dispose();
        await _storage.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>A memory of messages whose silo dies at a chosen step: before the step is done, or right after it.</summary>
sealed class CrashingLog(IOutboundLog inner) : IOutboundLog
{
    /// <summary>Steps until the crash, two for each call that changes something; negative for none.</summary>
    public int CrashAfter { get; set; } = -1;

    public bool Crashed { get; private set; }

    public Task<ClaimAnswer> Claim(OutboundMessage message, CancellationToken cancellationToken = default) =>
        Step(() => inner.Claim(message, cancellationToken));

    public Task Finished(string messageGuid, CancellationToken cancellationToken = default) =>
        Step(async () =>
        {
            await inner.Finished(messageGuid, cancellationToken);
            return true;
        });

    public Task<bool> Dissolve(string messageGuid, CancellationToken cancellationToken = default) =>
        Step(() => inner.Dissolve(messageGuid, cancellationToken));

    public Task<OutboundMessage?> Find(string messageGuid, CancellationToken cancellationToken = default) =>
        inner.Find(messageGuid, cancellationToken);

    public Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit,
        CancellationToken cancellationToken = default
    ) => inner.Unfinished(before, after, limit, cancellationToken);

    async Task<T> Step<T>(Func<Task<T>> work)
    {
        Die();
        var result = await work();
        Die();
        return result;
    }

    void Die()
    {
        if (CrashAfter-- != 0)
            return;
        Crashed = true;
        throw new InvalidOperationException("the silo died");
    }
}
