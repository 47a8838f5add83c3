using System.Globalization;

namespace ClearanceEngine.Ceb;

/// <summary>Checks the text of one field after the other: presence in the mode, length and form.</summary>
/// <param name="problems">What is found goes here.</param>
/// <param name="type">The document's type.</param>
/// <param name="mode">tradeMode of a declaration list; null for other documents.</param>
/// <param name="how">What the port and the message's signature change.</param>
sealed class CebFieldCheck(List<Problem> problems, DocumentType type, string? mode, CebCheck how)
{
    /// <param name="field">The field.</param>
    /// <param name="text">Its text; null when absent.</param>
    /// <param name="line">Line from 1, or null for the head.</param>
    public void Check(CebField field, string? text, int? line)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (Absent(field, text) is { } absent)
                Add(field, line, absent);
            return;
        }
        if (IsForbidden(field))
            Add(field, line, Forbidden);
        else if (Malformed(field, text) is { } malformed)
            Add(field, line, IsRequired(field) ? malformed : OrRemoved(malformed));
    }

    /// <summary>What need not be there is mended by taking it out, too.</summary>
    static Fault OrRemoved(Fault fault) =>
        fault with
        {
            ChineseRemedy = $"删除该元素或{fault.ChineseRemedy}",
            Remedy = $"remove the element or {fault.Remedy}",
        };

    bool IsRequired(CebField field) => field.Presence == Presence.Required || IsRequiredInMode(field);

    static Fault Forbidden =>
        new(
            ProblemCode.ForbiddenInMode,
            "1210 模式下不得填写",
            "删除该元素",
            "must not be given for 1210",
            "remove the element"
        );

    /// <summary>What is wrong and what to do, in both languages; the first follows the field's name.</summary>
    readonly record struct Fault(
        ProblemCode Code,
        string Chinese,
        string ChineseRemedy,
        string English,
        string Remedy
    );

    Fault? Absent(CebField field, string? text)
    {
        if (field.Presence == Presence.Required)
        {
            if (text is not null && field.MinLength == 0)
                return null;
            return new Fault(ProblemCode.FieldMissing, "缺少必填项", "补充", "is missing", "fill it in");
        }
        if (IsRequiredInMode(field))
            return new Fault(
                ProblemCode.RequiredInMode,
                $"缺少必填项（{mode} 模式）",
                "补充",
                $"is missing (required for {mode})",
                "fill it in"
            );
        if (text is null || !how.LeavesAsItIs || field.Kind == FieldKind.Text)
            return null;
        return new Fault(
            ProblemCode.ElementEmpty,
            "为空，海关规范不接受空元素；加签报文须原样发送",
            "删除该元素并重新加签后发送",
            "is empty, which the official schema refuses, and a signed message leaves as it is",
            "remove the element, sign the message again and send it"
        );
    }

    bool IsRequiredInMode(CebField field) =>
        (field.Presence, mode) is (Presence.RequiredBonded, "1210") or (Presence.RequiredDirect, "9610");

    bool IsForbidden(CebField field) =>
        !how.ExemptMayBeFilled && (field.Presence, mode) is (Presence.RequiredDirect, "1210");

    static Fault? Malformed(CebField field, string text) =>
        field.Kind switch
        {
            FieldKind.Text => Length(field, text),
            FieldKind.Number => Number(text),
            FieldKind.Integer => WholeNumber(text),
            FieldKind.Choice => Choice(field, text),
            FieldKind.Date => Date(text),
            _ => Time(field, text),
        };

    static Fault? Length(CebField field, string text)
    {
        if (text.Length > field.MaxLength)
            return new Fault(
                ProblemCode.FieldTooLong,
                $"长度 {text.Length} 超过 {field.MaxLength}",
                "缩短",
                $"has {text.Length} characters, at most {field.MaxLength} are allowed",
                "shorten it"
            );
        if (text.Length < field.MinLength)
            return new Fault(
                ProblemCode.FieldTooShort,
                $"长度 {text.Length} 不足 {field.MinLength}",
                "补全",
                $"has {text.Length} characters, {field.MinLength} are needed",
                "complete it"
            );
        return null;
    }

    static Fault? Number(string text)
    {
        if (CebAmount.Parse(text) is not { } number)
            return new Fault(
                ProblemCode.NotANumber,
                "不是有效数值（整数最多 14 位，小数最多 5 位，不用指数和分隔符）",
                "更正",
                "is no decimal number of at most 14 digits before and 5 behind the point, without exponent or separators",
                "correct it"
            );
        return number < 0
            ? new Fault(
                ProblemCode.NegativeNumber,
                "不得为负数",
                "更正",
                "must not be negative",
                "correct it"
            )
            : null;
    }

    static Fault? WholeNumber(string text)
    {
        var isWhole = text.Length <= 9 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        return isWhole && int.Parse(text, CultureInfo.InvariantCulture) > 0
            ? null
            : new Fault(
                ProblemCode.NotAWholeNumber,
                "不是 1 到 9 位的正整数",
                "更正",
                "is no positive whole number of at most 9 digits",
                "correct it"
            );
    }

    static Fault? Choice(CebField field, string text) =>
        field.Choices.Contains(text)
            ? null
            : new Fault(
                ProblemCode.ValueNotAllowed,
                $"取值错误，只允许 {string.Join("、", field.Choices)}",
                "更正",
                $"may only be {string.Join(" or ", field.Choices)}",
                "correct it"
            );

    static Fault? Time(CebField field, string text)
    {
        if (text.Length == field.MaxLength && CebTime.Parse(text) is not null)
            return null;
        var form = field.Kind == FieldKind.Time ? "yyyyMMddHHmmss" : "yyyyMMddHHmmssSSS";
        return new Fault(
            ProblemCode.NotATime,
            $"不是有效时间（{form}）",
            "更正",
            $"is no real time in the form {form} (Beijing time)",
            "correct it"
        );
    }

    static Fault? Date(string text) =>
        CebTime.IsDate(text)
            ? null
            : new Fault(
                ProblemCode.NotADate,
                "不是有效日期（yyyyMMdd）",
                "更正",
                "is no real date in the form yyyyMMdd",
                "correct it"
            );

    void Add(CebField field, int? line, Fault fault)
    {
        var place = line is null ? "" : $"第 {line} 行";
        var englishPlace = line is null ? "" : $" of line {line}";
        problems.Add(
            new Problem(
                fault.Code,
                type,
                line,
                field.Name,
                $"{type.Chinese()}{place}{field.Label}（{field.Name}）{fault.Chinese}，请{fault.ChineseRemedy}。{field.Entity.Name}.{field.Name}{englishPlace} {fault.English}; {fault.Remedy}."
            )
        );
    }
}
