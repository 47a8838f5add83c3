using System.Globalization;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Audit;

/// <summary>Reads what is asked of the trail, and gathers all that is wrong with it.</summary>
sealed class AuditQuestion(IQueryCollection query)
{
    /// <summary>Entries of a page where none is asked for, the most of one, and the most characters of a value.</summary>
    public const int UsualPage = 50,
        LargestPage = 200,
        LongestValue = 200;

    static readonly string[] Parameters =
    [
        ParameterNames.Actor,
        ParameterNames.Subject,
        ParameterNames.Right,
        ParameterNames.Since,
        ParameterNames.Until,
        ParameterNames.Cursor,
        ParameterNames.Limit,
    ];

    static readonly string[] TimeForms =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.fffzzz",
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
    ];

    static readonly ProblemWords RightForm = new(
        "一项权限名，见 docs/rights.zh-CN.md",
        "the name of a right, see docs/rights.md"
    );
    static readonly ProblemWords TimeForm = new(
        "带时区的时间，如 2026-11-11T00:00:00+08:00",
        "a time with its offset, such as 2026-11-11T00:00:00+08:00"
    );
    static readonly ProblemWords CursorForm = new("上一页给出的 next", "the next of the page before");
    static readonly ProblemWords LimitForm = new($"1 至 {LargestPage}", $"from 1 to {LargestPage}");

    readonly List<string> _faults = [];

    /// <summary>What is wrong, in both languages; empty when nothing is.</summary>
    public string Faults => string.Join(" ", _faults);

    /// <summary>What is looked for, as far as it can be read.</summary>
    public AuditQuery Read()
    {
        foreach (var (name, values) in query)
        {
            if (!Parameters.Contains(name, StringComparer.OrdinalIgnoreCase))
                _faults.Add($"没有参数 {Clip.Quote(name)}。There is no parameter {Clip.Quote(name)}.");
            else if (values.Count != 1)
                _faults.Add($"参数 {name} 重复。{name} is given more than once.");
        }
        return new AuditQuery(
            Actor: Text(ParameterNames.Actor),
            Subject: Text(ParameterNames.Subject) is { } subject ? AuditSubject.Written(subject) : null,
            Right: Value(ParameterNames.Right, Rights.Named, RightForm),
            Since: Value(ParameterNames.Since, TimeOf, TimeForm),
            Until: Value(ParameterNames.Until, TimeOf, TimeForm),
            Before: Value(ParameterNames.Cursor, AuditCursor.Read, CursorForm),
            Limit: Value(ParameterNames.Limit, LimitOf, LimitForm) ?? UsualPage
        );
    }

    T? Value<T>(string name, Func<string, T?> parse, ProblemWords form)
        where T : struct
    {
        if (Text(name) is not { } text)
            return null;
        if (parse(text) is { } value)
            return value;

        _faults.Add($"{name} 应为{form.Chinese}。{name} must be {form.English}.");
        return null;
    }

    string? Text(string name)
    {
        if (query[name] is not [{ Length: > 0 } text])
            return null;
        if (text.Length <= LongestValue && !text.Any(char.IsControl))
            return text;

        _faults.Add(
            $"{name} 至多 {LongestValue} 字，不得有控制字符。{name} may have {LongestValue} characters and no control characters."
        );
        return null;
    }

    /// <summary>A "+" of an offset that was not escaped comes as a blank.</summary>
    static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'),
            TimeForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    static int? LimitOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
        && limit is >= 1 and <= LargestPage
            ? limit
            : null;
}
