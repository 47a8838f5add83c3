using System.Text;
using ClearanceEngine.Terminal.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>The log of the console: when, how grave, who, which event by its name, and what.</summary>
public sealed partial class LineFormatterTests
{
    static readonly FakeTimeProvider Time = new(
        new DateTimeOffset(2026, 11, 29, 7, 53, 1, 123, TimeSpan.Zero)
    );

    [Fact]
    public void A_line_has_its_time_and_the_name_of_its_event()
    {
        var book = new Book(false);
        LogWaiting(book, "PostgreSQL");
        Assert.Equal(
            "2026-11-29T07:53:01.123Z warn Some.Part LogWaiting: Waits for PostgreSQL.\n",
            book.Text
        );
    }

    [Fact]
    public void An_event_without_a_name_keeps_its_number_and_none_is_left_out()
    {
        Assert.Equal("2026-11-29T07:53:01.123Z info Some.Part 7: x\n", Line(new EventId(7)));
        Assert.Equal("2026-11-29T07:53:01.123Z info Some.Part: x\n", Line(default));
    }

    [Fact]
    public void An_exception_stands_indented_below_its_line()
    {
        var book = new Book(false);
        book.Log(LogLevel.Error, default, "x", new InvalidOperationException("it broke"), (s, _) => s);
        var lines = book.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("2026-11-29T07:53:01.123Z error Some.Part: x", lines[0]);
        Assert.Equal("  System.InvalidOperationException: it broke", lines[1]);
    }

    [Fact]
    public void A_terminal_gets_colours_and_a_file_none()
    {
        var book = new Book(true);
        LogWaiting(book, "PostgreSQL");
        Assert.Contains("\u001B[33mwarn\u001B[0m", book.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "line")]
    [InlineData("json", "json")]
    public void Settings_may_choose_another_form(string? chosen, string used)
    {
        var services = new ServiceCollection();
        services.AddLogging(b => b.AddConsole());
        services.Configure<ConsoleLoggerOptions>(o => o.FormatterName = chosen);
        services.AddVisibleLog();
        using var built = services.BuildServiceProvider();
        Assert.Equal(used, built.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.Contains(built.GetServices<ConsoleFormatter>(), f => f.Name == used);
    }

    static string Line(EventId id)
    {
        var book = new Book(false);
        book.Log(LogLevel.Information, id, "x", null, (s, _) => s);
        return book.Text;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waits for {Part}.")]
    static partial void LogWaiting(ILogger logger, string part);

    /// <summary>Keeps what the formatter writes.</summary>
    sealed class Book(bool colours) : ILogger
    {
        readonly StringBuilder _written = new();
        readonly LineFormatter _formatter = new(Time, colours);

        public string Text => _written.ToString();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            _formatter.Write(
                new LogEntry<TState>(logLevel, "Some.Part", eventId, state, exception, formatter),
                null,
                new StringWriter(_written) { NewLine = "\n" }
            );
    }
}
