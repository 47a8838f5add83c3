using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// What is written to the log, and how. .NET's logging reads it; it is here so that what it would overlook, or end with, is refused at the
/// start as every other setting.
/// </summary>
public sealed class LoggingOptions
{
    /// <summary>Least level that is written, by category: a part's name or the beginning of one (<c>Default</c>, <c>ClearanceEngine</c>, <c>Orleans</c>); the longest that fits counts.</summary>
    public Dictionary<string, LogLevel> LogLevel { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The console, where a service's log goes.</summary>
    public LoggingConsoleOptions Console { get; set; } = new();

    /// <summary>A debugger, where one is attached.</summary>
    public LoggingLevelOptions Debug { get; set; } = new();

    /// <summary>EventSource, for tools such as dotnet-trace.</summary>
    public LoggingLevelOptions EventSource { get; set; } = new();

    /// <summary>The event log of Windows.</summary>
    public LoggingEventLogOptions EventLog { get; set; } = new();
}

/// <summary>Levels of one place where the log goes.</summary>
public sealed class LoggingLevelOptions
{
    /// <summary>Least level that goes here, by category; it wins over <c>Logging:LogLevel</c>.</summary>
    public Dictionary<string, LogLevel> LogLevel { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The event log of Windows.</summary>
public sealed class LoggingEventLogOptions
{
    /// <summary>Least level that goes here, by category; it wins over <c>Logging:LogLevel</c>.</summary>
    public Dictionary<string, LogLevel> LogLevel { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of the log within Windows' event log. Default <c>Application</c>.</summary>
    public string? LogName { get; set; }

    /// <summary>Name of the source within that log. Default that of the framework.</summary>
    public string? SourceName { get; set; }
}

/// <summary>The log on the console.</summary>
public sealed class LoggingConsoleOptions : IValidatableObject
{
    static readonly string[] Formatters =
    [
        VisibleLog.FormatterName,
        ConsoleFormatterNames.Simple,
        ConsoleFormatterNames.Json,
        ConsoleFormatterNames.Systemd,
    ];

    /// <summary>Least level that goes to the console, by category; it wins over <c>Logging:LogLevel</c>.</summary>
    public Dictionary<string, LogLevel> LogLevel { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How an event is written: <c>line</c>, <c>json</c> for machines, <c>simple</c>, or <c>systemd</c> for its journal. Default <c>line</c>.</summary>
    public string? FormatterName { get; set; }

    /// <summary>Settings of the formatters json, simple and systemd; line has none.</summary>
    public LoggingFormatterOptions FormatterOptions { get; set; } = new();

    /// <summary>Events of this level and above go to standard error. Default none do.</summary>
    public LogLevel LogToStandardErrorThreshold { get; set; } = Microsoft.Extensions.Logging.LogLevel.None;

    /// <summary>Events that wait for a console that is slow. Default 2500.</summary>
    [Range(1, int.MaxValue)]
    public int MaxQueueLength { get; set; } = 2500;

    /// <summary>What happens when so many wait: whoever logs waits, or the event is left out. Default they wait.</summary>
    public ConsoleLoggerQueueFullMode QueueFullMode { get; set; } = ConsoleLoggerQueueFullMode.Wait;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(FormatterName))
            yield break;
        if (Formatters.Contains(FormatterName, StringComparer.OrdinalIgnoreCase))
            yield break;
        var meant = Nearest.Of(FormatterName, Formatters) is { } near ? $" 是否指 did you mean {near}?" : "";
        yield return new ValidationResult(
            $"应为 {string.Join("、", Formatters)} 之一。It must be one of {string.Join(", ", Formatters)}.{meant}",
            [nameof(FormatterName)]
        );
    }
}

/// <summary>How the formatters json, simple and systemd write.</summary>
public sealed class LoggingFormatterOptions
{
    /// <summary>True writes what the event happened in, too, such as the request. Default false.</summary>
    public bool IncludeScopes { get; set; }

    /// <summary>Form of the time, as .NET's <c>DateTime.ToString</c> takes it. Default none: no time is written.</summary>
    public string? TimestampFormat { get; set; }

    /// <summary>True writes the time in UTC, false in the machine's zone. Default false.</summary>
    public bool UseUtcTimestamp { get; set; }

    /// <summary>Only simple: true writes an event on one line. Default false.</summary>
    public bool SingleLine { get; set; }

    /// <summary>Only simple: whether levels have colours. Default where the console shows them.</summary>
    public LoggerColorBehavior ColorBehavior { get; set; }

    /// <summary>Only json: how the JSON is written.</summary>
    public LoggingJsonOptions JsonWriterOptions { get; set; } = new();
}

/// <summary>How the formatter json writes.</summary>
public sealed class LoggingJsonOptions
{
    /// <summary>True spreads an event over several lines, for people's eyes. Default false.</summary>
    public bool Indented { get; set; }
}
