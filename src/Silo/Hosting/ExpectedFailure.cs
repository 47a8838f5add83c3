using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>A failure that a setting, a file or an absent part explains: one line for the person who started the host.</summary>
/// <param name="Code">How the process ends.</param>
/// <param name="Text">What is wrong and what to do.</param>
sealed record ExpectedFailure(ExitCode Code, string Text)
{
    /// <summary>Null for what no user's mistake explains: that is a fault of ours, and its stack trace is wanted.</summary>
    public static ExpectedFailure? Of(Exception exception)
    {
        // Hosting wraps what a port or a part said.
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (Explain(e) is { } failure)
                return failure;
        }
        return null;
    }

    static ExpectedFailure? Explain(Exception e) =>
        e switch
        {
            OptionsValidationException options => Unusable(
                Lines([.. options.Failures], "项设置有误 settings cannot work")
            ),
            InvalidDataException { InnerException: FormatException file } => Unusable(
                OfFile(e.Message, file)
            ),
            AddressInUseException => OutOfReach(
                $"端口已被占用。An address is taken ({e.Message.TrimEnd('.')}); end whoever has it, or choose another by --Urls."
            ),
            SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => OutOfReach(
                "端口已被占用。A port is taken; choose others by --Urls, --Engine:SiloPort, --Engine:GatewayPort or --Engine:DevelopmentBrokerPort."
            ),
            StorageUnavailableException or KafkaUnavailableException or FolderTakenException => OutOfReach(
                e.Message
            ),
            AddressTakenException taken => OutOfReach(
                Lines(taken.Texts, "个地址不可用 addresses cannot be had")
            ),
            OrleansClusterConnectivityCheckFailedException => OutOfReach(
                "本节点与集群中的其他节点无法互相连接。This silo and others of its cluster do not reach each other. Check Engine:AdvertisedAddress, Engine:SiloPort (each must reach every other) and Engine:Tls (on all silos, of one authority)."
            ),
            NothingStoredException or AccountRefusedException => new(ExitCode.Refused, e.Message),
            DbException => OutOfReach(
                $"数据库不可用。The database cannot be used: {e.Message.TrimEnd('.')}. Check Storage:ConnectionString: host, port, database, user and password."
            ),
            InvalidDataException or FormatException or SchemaVersionException => Unusable(e.Message),
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => Unusable(
                e.Message
            ),
            IOException { InnerException: null } => Unusable(e.Message),
            InvalidOperationException
            {
                Source: "ClearanceEngine.Silo" or "ClearanceEngine.DevelopmentBroker"
            } => Unusable(e.Message),
            _ => null,
        };

    /// <summary>One fault stands in the line; several have a line each.</summary>
    static string Lines(IReadOnlyList<string> faults, string heading) =>
        faults is [var only]
            ? only
            : $"{faults.Count} {heading}:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Select(f => $"  {f}"))}";

    /// <summary>A settings file that the host could not read: its message names the file, the cause the line.</summary>
    static string OfFile(string message, FormatException cause)
    {
        var file = message.Split('\'') is [_, var path, ..] ? path : "appsettings.json";
        return cause.InnerException is JsonException { LineNumber: { } line }
            ? $"{file} 第 {line + 1} 行不是 JSON。Line {line + 1} of {file} is no JSON; look for a comma, quote or bracket there or just before."
            : $"{file} 无法读取，可能有重复的名称。{file} cannot be read; it must be an object {{ … }} with each name once.";
    }

    static ExpectedFailure Unusable(string text) => new(ExitCode.Unusable, $"无法启动 cannot start: {text}");

    static ExpectedFailure OutOfReach(string text) =>
        new(ExitCode.OutOfReach, $"无法启动 cannot start: {text}");
}
