using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>The answer to who wants to read a partition.</summary>
/// <param name="Epoch">Of the new ownership; null while another has it.</param>
/// <param name="Offset">Where the group stands; null when nowhere yet.</param>
[GenerateSerializer, Immutable, Alias("kafka.grant")]
readonly record struct PartitionGrant([property: Id(0)] long? Epoch, [property: Id(1)] long? Offset);

/// <summary>Who may read and commit one partition of one provider. Key: partition/topic/provider.</summary>
[Alias("kafka.partition")]
interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Asks for the partition; to be asked again until granted.</summary>
    [Alias("acquire")]
    ValueTask<PartitionGrant> Acquire(string owner, SiloAddress silo);

    /// <summary>Renews, and commits if there is a position. False: the epoch is over, and nothing was committed.</summary>
    [Alias("keep")]
    ValueTask<bool> Keep(string owner, SiloAddress silo, long epoch, long? position);

    /// <summary>The last commit of an owner that has stopped reading; the next one may begin.</summary>
    [Alias("release")]
    ValueTask<bool> Release(string owner, SiloAddress silo, long epoch, long? position);
}

/// <summary>
/// One partition's fence: grants it to one owner at a time under a rising epoch, and is the only one who commits. A new owner
/// waits until the old one has flushed and let go, is known to be dead, or has been silent for the lease time. After a crash
/// of this grain's own silo the owner that still commits is taken back; newcomers wait for that a moment. See ADR 008.
/// </summary>
[GrainType("kafka.partition"), PreferLocalPlacement]
sealed partial class PartitionGrain(
    IServiceProvider services,
    ISiloStatusOracle silos,
    ILogger<PartitionGrain> logger
) : Grain, IPartitionGrain
{
    readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    string _provider = "";
    TopicPartition _partition = null!;
    KafkaStreamOptions _options = null!;
    GroupOffsets _offsets = null!;
    Holder? _holder;
    long _epoch;
    long _since;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var parts = this.GetPrimaryKeyString().Split('/', 3);
        _partition = new TopicPartition(
            parts[1],
            int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)
        );
        _provider = parts[2];
        _options = services.GetRequiredKeyedService<StreamReading>(_provider).Options;
        _offsets = services.GetRequiredKeyedService<GroupOffsets>(_provider);
        _since = _time.GetTimestamp();
        return Task.CompletedTask;
    }

    public static string Key(string provider, TopicPartition partition) =>
        $"{partition.Partition.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}/{partition.Topic}/{provider}";

    public async ValueTask<PartitionGrant> Acquire(string owner, SiloAddress silo)
    {
        if (_holder is { } holder && holder.Owner != owner && !Gone(holder))
            return default;
        // An owner that the last activation knew shows itself with its next commit.
        if (_holder is null && _epoch == 0 && _time.GetElapsedTime(_since) < _options.CommitInterval * 2)
            return default;
        var offset = await _offsets.Load(_partition);
        // Rising over activations, too.
        _epoch = Math.Max(_epoch + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
        if (_holder is { } lost && lost.Owner != owner)
            LogTaken(_provider, _partition, owner, lost.Owner);
        _holder = new Holder(owner, silo, _time.GetTimestamp());
        return new PartitionGrant(_epoch, offset);
    }

    public async ValueTask<bool> Keep(string owner, SiloAddress silo, long epoch, long? position)
    {
        if (!Holds(owner, silo, epoch))
            return false;
        if (position is { } p)
            await _offsets.Save(new TopicPartitionOffset(_partition, p));
        return true;
    }

    public async ValueTask<bool> Release(string owner, SiloAddress silo, long epoch, long? position)
    {
        if (!await Keep(owner, silo, epoch, position))
            return false;
        _holder = null;
        return true;
    }

    bool Holds(string owner, SiloAddress silo, long epoch)
    {
        // Granted by an activation that is gone.
        if (epoch > _epoch)
            _epoch = epoch;
        else if (_holder?.Owner != owner || epoch != _epoch)
        {
            LogFenced(_provider, _partition, owner, epoch, _epoch);
            return false;
        }
        _holder = new Holder(owner, silo, _time.GetTimestamp());
        return true;
    }

    bool Gone(Holder holder) =>
        silos.IsDeadSilo(holder.Silo) || _time.GetElapsedTime(holder.Renewed) > _options.LeaseTime;

    sealed record Holder(string Owner, SiloAddress Silo, long Renewed);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Partition} goes to {Owner}; {Lost} died or fell silent without letting go."
    )]
    partial void LogTaken(string provider, TopicPartition partition, string owner, string lost);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: a commit of {Partition} by {Owner} is refused: its epoch {Epoch} is over, {Current} has begun."
    )]
    partial void LogFenced(string provider, TopicPartition partition, string owner, long epoch, long current);
}
