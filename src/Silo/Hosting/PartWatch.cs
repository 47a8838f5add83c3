using System.Data.Common;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The parts of the engine: which errors mean that one is away, and how each is asked whether it is back. An error that a part
/// itself denies (it answers when asked) counts like any other, so to call one too many away costs a question.
/// </summary>
sealed class PartWatch(
    IStateDatabase database,
    WriteProbe writes,
    KafkaProbe broker,
    TokenSigner signer,
    ClusterProbe cluster
) : IPartWatch
{
    /// <summary>Where state is stored. Nothing goes on without it.</summary>
    public const string Database = "database";

    /// <summary>Kafka. Nothing goes on without it.</summary>
    public const string Broker = NoPartWatch.Broker;

    /// <summary>Where keys are. Only signed documents need it.</summary>
    public const string Token = "token";

    /// <summary>The silos, one of which may be away, or the database from it: only what lives there waits.</summary>
    public const string Cluster = "cluster";

    /// <summary>Errors are wrapped a few times at most; one that goes round must not hold us up.</summary>
    const int Depth = 8;

    public IReadOnlyList<string> Parts { get; } = [Database, Broker, Cluster, Token];

    /// <summary>Orleans carries exceptions of these libraries from silo to silo, too; others would come as one that could not be read.</summary>
    public static void CarryErrors(IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(o =>
        {
            foreach (var prefix in (string[])["ClearanceEngine", "Npgsql"])
                o.SupportedNamespacePrefixes.Add(prefix);
        });

    public PartAwayException? Away(Exception error)
    {
        var cause = error;
        for (var depth = 0; cause is not null && depth < Depth; depth++)
        {
            if (cause is PartAwayException away)
                return away;
            if (PartOf(cause) is { } part)
                return Away(part, cause.Message, error);
            cause = cause.InnerException;
        }
        return null;
    }

    public Task Probe(string part, CancellationToken cancellationToken) =>
        part switch
        {
            Database => writes.Ask(cancellationToken),
            Broker => broker.Ask(cancellationToken),
            Token => signer.Fault is { } fault
                ? Task.FromException(new SigningUnavailableException(fault))
                : Task.CompletedTask,
            Cluster => cluster.Ask(cancellationToken),
            _ => Task.CompletedTask,
        };

    /// <summary>A database that answers here may be away from the silo whose grain failed: then only what lives there waits.</summary>
    static PartAwayException Away(string part, string text, Exception error) =>
        new(part, text, error)
        {
            StopsReading = part is Database or Broker,
            OrElse = part == Database ? Away(Cluster, text, error) : null,
        };

    string? PartOf(Exception error) =>
        error switch
        {
            StorageUnavailableException => Database,
            DbException => database.IsTransient(error) ? Database : null,
            KafkaUnavailableException => Broker,
            KafkaException { Error: { IsLocalError: true } or { IsBrokerError: true } } => Broker,
            SigningUnavailableException => Token,
            UnavailableExceptionFallbackException unknown => PartOf(unknown.ExceptionType ?? ""),
            // A call of a grain that was not answered, or could not be made.
            OrleansMessageRejectionException or GatewayTooBusyException => Cluster,
            ConnectionFailedException or TimeoutException => Cluster,
            _ => null,
        };

    /// <summary>Of an error that came from another silo, only the type's name is left.</summary>
    static string? PartOf(string type)
    {
        if (Names(typeof(StorageUnavailableException).FullName!) || Names("Npgsql."))
            return Database;
        if (Names(typeof(KafkaUnavailableException).FullName!))
            return Broker;
        return Names(typeof(SigningUnavailableException).FullName!) ? Token : null;

        bool Names(string part) => type.Contains(part, StringComparison.Ordinal);
    }
}
