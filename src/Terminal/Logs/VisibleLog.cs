using System.Collections;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Terminal.Logs;

/// <summary>
/// Nothing that a sender wrote forges a line of the log or drives the terminal that shows it (<see cref="VisibleText"/>). It stands
/// before every provider, since whoever writes a line, a framework included, would else have to think of it.
/// </summary>
public static class VisibleLog
{
    /// <summary>Name of the console's own form, for <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = LineFormatter.FormatterName;

    /// <summary>Makes every line visible, and the console's as <see cref="LineFormatter"/> writes them.</summary>
    public static void AddVisibleLog(this IServiceCollection services)
    {
        LineFormatter.Add(services);
        services.AddSingleton<LoggerFactory>();
        services.Replace(
            ServiceDescriptor.Singleton<ILoggerFactory>(sp => new Factory(
                sp.GetRequiredService<LoggerFactory>()
            ))
        );
    }

    sealed class Factory(LoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }

    sealed class Logger(ILogger inner) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(new State(state, null));

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!inner.IsEnabled(logLevel))
                return;
            var text = VisibleText.Of(formatter(state, exception));
            inner.Log(logLevel, eventId, new State(state, text), Visible(exception), (s, _) => s.ToString());
        }

        static Exception? Visible(Exception? exception) =>
            exception is null || LoggedException.IsVisible(exception)
                ? exception
                : new LoggedException(exception);
    }

    /// <summary>Message and values of a line or scope.</summary>
    /// <param name="state">As the line's writer gave it.</param>
    /// <param name="text">The message; null takes the state's own text when it is asked for.</param>
    sealed class State(object? state, string? text) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        readonly IReadOnlyList<KeyValuePair<string, object?>> _values =
            state as IReadOnlyList<KeyValuePair<string, object?>>
            ?? (state as IEnumerable<KeyValuePair<string, object?>>)?.ToArray()
            ?? [];

        public int Count => _values.Count;

        public KeyValuePair<string, object?> this[int index] =>
            KeyValuePair.Create(_values[index].Key, Visible(_values[index].Value));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text ?? VisibleText.Of(state?.ToString() ?? "");

        /// <summary>Numbers, times and their like print nothing but themselves; whatever else does goes as its text if that is not visible.</summary>
        static object? Visible(object? value)
        {
            if (value is null or Enum or DateTime or DateTimeOffset or TimeSpan or Guid)
                return value;
            if (value.GetType().IsPrimitive && value is not char)
                return value;
            if (value is IEnumerable<string> texts)
                return texts.Select(VisibleText.Of).ToArray();
            var own = value.ToString() ?? "";
            return VisibleText.IsVisible(own) ? value : VisibleText.Of(own);
        }
    }

    /// <summary>An exception whose message, or that of one within it, is not visible: the same in visible text, its stack as it was.</summary>
    sealed class LoggedException(Exception inner) : Exception(VisibleText.Of(inner.Message))
    {
        /// <summary>Deeper ones are left out.</summary>
        const int Depth = 16;

        public override string? StackTrace => inner.StackTrace;

        public static bool IsVisible(Exception exception)
        {
            var all = exception.ToString();
            return ReferenceEquals(VisibleText.Lines(all), all) && HasVisibleMessages(exception, 0);
        }

        public override string ToString() => Render(new StringBuilder(), inner, 0).ToString();

        static bool HasVisibleMessages(Exception exception, int depth) =>
            depth < Depth
            && VisibleText.IsVisible(exception.Message)
            && Within(exception).All(e => HasVisibleMessages(e, depth + 1));

        static StringBuilder Render(StringBuilder text, Exception exception, int depth)
        {
            text.Append(exception.GetType()).Append(": ").Append(VisibleText.Of(exception.Message));
            foreach (var within in depth < Depth ? Within(exception) : [])
                Render(text.Append("\n ---> "), within, depth + 1).Append("\n   ---");
            return exception.StackTrace is { } stack ? text.Append('\n').Append(stack) : text;
        }

        static IEnumerable<Exception> Within(Exception exception) =>
            exception is AggregateException several ? several.InnerExceptions
            : exception.InnerException is { } one ? [one]
            : [];
    }
}
