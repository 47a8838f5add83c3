using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What the client (librdkafka) says of itself.</summary>
static partial class ClientLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    public static partial void Client(this ILogger logger, string facility, string text);
}
