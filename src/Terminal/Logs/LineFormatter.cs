using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClearanceEngine.Terminal.Logs;

/// <summary>
/// How the log looks on the console: time (UTC), level, who says it, the event's name, the message; an exception below it, indented.
/// <c>2026-11-29T07:53:01.123Z info ClearanceEngine.Streams.Kafka.KafkaFeed LogAssigned: Feed …</c>. The name is the logging
/// method's, to be searched for in the source. <c>Logging:Console:FormatterName</c> chooses another, such as <c>json</c>.
/// </summary>
sealed class LineFormatter(TimeProvider time, bool colours) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    const string Red = "\x1B[31m",
        Yellow = "\x1B[33m",
        Plain = "\x1B[0m";

    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ConsoleFormatter, LineFormatter>(Make));
        services.PostConfigure<ConsoleLoggerOptions>(o => o.FormatterName ??= FormatterName);

        static LineFormatter Make(IServiceProvider services) =>
            new(
                services.GetRequiredService<TimeProvider>(),
                !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null
            );
    }

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var now = time.GetUtcNow().UtcDateTime;
        textWriter.Write(now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write($" {Level(logEntry.LogLevel)} {logEntry.Category}{Event(logEntry.EventId)}: ");
        textWriter.WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine($"  {exception}".ReplaceLineEndings("\n  "));
    }

    static string Event(EventId id)
    {
        if (!string.IsNullOrEmpty(id.Name))
            return $" {id.Name}";
        return id.Id == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {id.Id}");
    }

    string Level(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => Coloured("warn", Yellow),
            LogLevel.Error => Coloured("error", Red),
            _ => Coloured("critical", Red),
        };

    string Coloured(string text, string colour) => colours ? $"{colour}{text}{Plain}" : text;
}
