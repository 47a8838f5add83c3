using ClearanceEngine.Terminal.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

#pragma warning disable CA1848 // Lines as a framework or a hurried person writes them.

/// <summary>Whoever writes a line, and whatever shows it: senders' control characters are visible text by then.</summary>
public sealed class VisibleLogTests : IDisposable
{
    const string Dirty = "a\r\nforged\u001B[2J\u202E";
    const string Clean = @"a\r\nforged\u001B[2J\u202E";

    readonly Book _book = new();
    readonly ServiceProvider _services;
    readonly ILogger _logger;

    public VisibleLogTests()
    {
        var services = new ServiceCollection();
        services.AddLogging(b => b.AddProvider(_book).SetMinimumLevel(LogLevel.Information));
        services.AddVisibleLog();
        _services = services.BuildServiceProvider();
        _logger = _services.GetRequiredService<ILogger<VisibleLogTests>>();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_message_and_its_values_are_one_visible_line_each()
    {
        _logger.LogWarning(
            "Sender {Sender} {Count} {Several} {Thing}",
            Dirty,
            3,
            new[] { Dirty },
            new Thing()
        );

        Assert.Equal($"Sender {Clean} 3 {Clean} {Clean}", _book.Message);
        Assert.Equal(Clean, _book.Values["Sender"]);
        Assert.Equal(3, _book.Values["Count"]);
        Assert.Equal([Clean], (string[])_book.Values["Several"]!);
        Assert.Equal(Clean, _book.Values["Thing"]);
        Assert.Equal("Sender {Sender} {Count} {Several} {Thing}", _book.Values["{OriginalFormat}"]);
    }

    [Fact]
    public void A_scope_is_visible()
    {
        using (_logger.BeginScope(new Dictionary<string, object?> { ["Path"] = Dirty }))
            _logger.LogInformation("within");
        Assert.Equal(Clean, _book.Scopes["Path"]);
    }

    [Fact]
    public void An_exceptions_message_is_visible_and_its_stack_stays()
    {
        _logger.LogError(
            Thrown(new InvalidOperationException("outer", new FormatException(Dirty))),
            "failed"
        );

        var text = _book.Exception!.ToString();
        Assert.Contains($"System.FormatException: {Clean}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001B", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nforged", text, StringComparison.Ordinal);
        Assert.Contains("\n   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clean_exception_is_the_same_one()
    {
        var exception = Thrown(new InvalidOperationException("plain"));
        _logger.LogError(exception, "failed");
        Assert.Same(exception, _book.Exception);
    }

    [Fact]
    public void What_is_not_enabled_is_not_even_formatted()
    {
        _logger.LogDebug("{Thing}", new Thing());
        Assert.Null(_book.Message);
    }

    static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    sealed class Thing
    {
        public override string ToString() => Dirty;
    }

    /// <summary>Keeps the last line.</summary>
    sealed class Book : ILoggerProvider, ILogger, ISupportExternalScope
    {
        IExternalScopeProvider? _scopes;

        public string? Message { get; private set; }

        public Exception? Exception { get; private set; }

        public Dictionary<string, object?> Values { get; private set; } = [];

        public Dictionary<string, object?> Scopes { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            Message = formatter(state, exception);
            Exception = exception;
            Values = ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(
                v => v.Key,
                v => v.Value
            );
            _scopes?.ForEachScope(Note, this);
        }

        static void Note(object? scope, Book book)
        {
            foreach (var (name, value) in (IEnumerable<KeyValuePair<string, object?>>)scope!)
                book.Scopes[name] = value;
        }

        public void Dispose() { }
    }
}
