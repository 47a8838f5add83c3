using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Subscribers;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;

namespace ClearanceEngine.Bench.Peers;

/// <summary>A worker service as one would write it without actors: consumers, a transaction for what each has read, a sender.</summary>
sealed class PeerService : BackgroundService
{
    readonly PeerOptions _options;
    readonly PeerTables _tables;
    readonly PeerIntake _intake;
    readonly PeerSender _sender;
    readonly ParcelRules _rules;
    readonly QuotaLedger _ledger = new(LimitTable.Default, new QuotaOptions().HorizonYears);
    readonly IParticipantRegistry _participants = ParticipantRegistry.Development;
    readonly IProducer<Null, byte[]> _producer;
    readonly DevelopmentToken _token;

    public PeerService(PeerOptions options, Serializer serializer)
    {
        _options = options;
        var keys = new StateKeyOptions();
        keys.Ring["1"] = options.StateKey;
        _tables = new PeerTables(options.Database, new StateFormat(serializer, new StateProtection(keys)));
        var customsPort = new CustomsPortOptions();
        _rules = new ParcelRules(
            customsPort,
            new ParcelOptions(),
            LimitTable.Default,
            new TaxCalculator(TaxRates.Sample, new TaxOptions()),
            new SubscriberIdentity(new IdentityOptions { HmacKey = options.IdentityKey })
        );
        _token = new DevelopmentToken(
            new HsmOptions { Directory = Path.Combine(options.Directory, "token") },
            TimeProvider.System
        );
        _producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = options.BootstrapServers,
                EnableIdempotence = true,
                LingerMs = 5,
                MessageMaxBytes = 8_000_000,
                CompressionType = CompressionType.Lz4,
            }
        ).SetLogHandler((_, _) => { }).Build();
        _intake = new PeerIntake(new Admission(_participants, new Certificates(_token), customsPort));
        _sender = new PeerSender(options, _tables, _participants, _token, _producer, inputs =>
            Work((_, work) => work([.. inputs], []))
        );
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _tables.Make();
        // The first that fails ends the process: a peer that has lost a part is no peer any more.
        await await Task.WhenAny([
            Task.Run(() => _sender.Run(stoppingToken), stoppingToken),
            .. Enumerable
                .Range(0, _options.Workers)
                .Select(_ => Task.Run(() => Consume(stoppingToken), stoppingToken)),
        ]);
    }

    async Task Consume(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = _options.BootstrapServers,
                GroupId = "bench-peer",
                EnableAutoCommit = true,
                EnableAutoOffsetStore = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchMinBytes = 65_536,
                FetchWaitMaxMs = 10,
                MessageMaxBytes = 8_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(TopicNames.Declarations.Append(TopicNames.Receipts));
        var putOff = new List<ConsumeResult<Ignore, byte[]>>();
        while (!stopping.IsCancellationRequested)
        {
            var records = new List<ConsumeResult<Ignore, byte[]>>();
            // Bytes stand for inputs: what a message holds is known only when it is read.
            for (
                var size = 0L;
                records.Count == 0 || size < _options.Inputs * BytesPerInput;
                size += records[^1].Message.Value.Length
            )
            {
                if (consumer.Consume(records.Count == 0 ? 100 : 0) is not { Message: not null } record)
                    break;
                records.Add(record);
                if (_options.Inputs == 1)
                    break;
            }
            records.AddRange(putOff);
            putOff.Clear();
            while (records.Count > 0)
            {
                try
                {
                    await Work(
                        async (connection, work) =>
                        {
                            var (inputs, early) = await _intake.Read(connection, records);
                            await work(inputs, early);
                        }
                    );
                    break;
                }
                catch (TooEarlyException e)
                {
                    records.Remove(e.Record);
                    putOff.Add(e.Record);
                }
            }
            foreach (var record in records)
                consumer.StoreOffset(record);
        }
    }

    const int BytesPerInput = 1_500;

    async Task Work(
        Func<
            Npgsql.NpgsqlConnection,
            Func<IReadOnlyCollection<Addressed>, IReadOnlyCollection<(string, byte[])>, Task>,
            Task
        > read
    )
    {
        while (true)
        {
            try
            {
                await Transact(read);
                return;
            }
            catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.DeadlockDetected)
            {
                // Everything is read and decided anew.
            }
        }
    }

    /// <summary>One transaction; receipts leave before it is committed, documents after.</summary>
    async Task Transact(
        Func<
            Npgsql.NpgsqlConnection,
            Func<IReadOnlyCollection<Addressed>, IReadOnlyCollection<(string, byte[])>, Task>,
            Task
        > read
    )
    {
        var unit = new PeerUnit(_tables, _rules, _ledger);
        await using var connection = await _tables.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        await read(connection, async (inputs, early) =>
        {
            await unit.Decide(connection, inputs, early);
            await unit.Save(connection);
        });
        await Task.WhenAll(
            unit.Receipts.Select(r =>
                _producer.ProduceAsync(
                    _participants.Find(r.Receiver)!.Topic,
                    new Message<Null, byte[]>
                    {
                        Value = CebWriter.Write(
                            new CebMessage(
                                r.Receipt.Type,
                                r.Receipt[r.Receipt.Schema.Head.Find("guid")!]!,
                                "1.0",
                                [r.Receipt]
                            )
                        ),
                    }
                )
            )
        );
        await transaction.CommitAsync();
        _sender.Add(unit.Documents);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _producer.Dispose();
        await _tables.DisposeAsync();
    }

    sealed class Certificates(ISigningToken token) : ISigningCertificates
    {
        public ValueTask<bool> Belongs(
            string participantCode,
            Signing.SigningCertificate certificate,
            CancellationToken cancellationToken = default
        ) =>
            ValueTask.FromResult(
                token.Find(participantCode).Certificate.Der.AsSpan().SequenceEqual(certificate.Der)
            );
    }
}
