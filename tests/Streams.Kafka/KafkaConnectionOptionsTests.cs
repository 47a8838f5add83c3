using ClearanceEngine.Streams.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

public class KafkaConnectionOptionsTests
{
    /// <summary>They would win over BootstrapServers, by which it is decided whether this Kafka is a real one (ADR 010).</summary>
    [Theory]
    [InlineData("bootstrap.servers")]
    [InlineData("metadata.broker.list")]
    [InlineData("BOOTSTRAP.servers")]
    public void Brokers_are_named_in_one_place_only(string name)
    {
        Func<KafkaConnectionOptions, Dictionary<string, string>>[] places =
        [
            o => o.Common,
            o => o.Consumer,
            o => o.Producer,
            o => o.Admin,
        ];
        foreach (var place in places)
        {
            var options = new KafkaConnectionOptions { BootstrapServers = "here:9092" };
            Assert.Null(OptionsFault.First(options));
            place(options)[name] = "elsewhere:9092";
            Assert.Contains(name, OptionsFault.First(options), StringComparison.Ordinal);
        }
    }
}
