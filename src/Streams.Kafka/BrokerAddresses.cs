using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>The brokers that a setting names. librdkafka would wait for ever for one that cannot be. Pure.</summary>
public static partial class BrokerAddresses
{
    const string Remedy = "请写主机与端口，多个以逗号分隔。Write HOST:PORT, with commas between several.";

    /// <summary>What is wrong with a list of brokers, in words; null when nothing is.</summary>
    /// <param name="servers">As <c>host:port,host:port</c>; blanks about an entry do no harm.</param>
    public static string? Fault(string servers) =>
        servers
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(FaultOfOne)
            .FirstOrDefault(f => f is not null);

    static string? FaultOfOne(string server)
    {
        if (server.Length == 0)
            return $"含有空的地址。It holds an empty name. {Remedy}";
        if (Form().Match(server) is not { Success: true } parts)
            return $"{server} 不是 Kafka 地址。{server} is no address of a broker. {Remedy}";
        if (!parts.Groups["port"].Success)
            return $"{server} 缺少端口。{server} has no port. {Remedy}";
        return IsPort(parts.Groups["port"].Value)
            ? null
            : $"{server} 的端口应为 1 至 {IPEndPoint.MaxPort}。The port of {server} must be 1 to {IPEndPoint.MaxPort}. {Remedy}";
    }

    static bool IsPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= IPEndPoint.MaxPort;

    /// <summary>A host's name or its IPv4 address, or IPv6 in brackets; librdkafka allows the protocol before it.</summary>
    [GeneratedRegex(@"^([A-Za-z_]+://)?(\[[0-9A-Fa-f:.%]+\]|[^\s:/\[\]]+)(:(?<port>[^:/\s]*))?$")]
    private static partial Regex Form();
}
