using System.Collections.Frozen;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>
/// One return to the document that the schema knows: elements in the schema's order, those that we do not know left out.
/// What goes on to participants is then as strict as they expect it, whatever customs sent.
/// </summary>
/// <param name="arrived">The time of a return that has none.</param>
/// <param name="remarks">Told what is left out or mended.</param>
sealed class CustomsReturn(DateTimeOffset arrived, CustomsRemarks remarks)
{
    /// <summary>Words for people: cut when they are too long. Any other text that is too long is not what it seems.</summary>
    static readonly FrozenSet<string> Words = FrozenSet.Create("returnInfo", "note");

    /// <summary>Other spellings that have been seen.</summary>
    static readonly FrozenDictionary<string, string> Spellings = new Dictionary<string, string>
    {
        ["logisticNo"] = "logisticsNo",
    }.ToFrozenDictionary();

    /// <param name="element">The return.</param>
    /// <param name="candidates">The types that it can be.</param>
    /// <param name="number">Its place in the message, for faults.</param>
    /// <exception cref="CebFormatException">It cannot be read; says why.</exception>
    public CebDocument Read(CustomsElement element, CebSchema[] candidates, int number)
    {
        var schema = candidates is [{ HeadIsWrapper: true } only]
            ? only
            : candidates.FirstOrDefault(c => element.Children.Any(e => e.Name == c.Head.Name))
                ?? throw Fault(
                    ProblemCode.HeadMissing,
                    $"缺少 {string.Join(" 或 ", candidates.Select(c => c.Head.Name))}。",
                    $"has no {string.Join(" or ", candidates.Select(c => c.Head.Name))}.",
                    element.Name,
                    number
                );
        var head = schema.HeadIsWrapper ? element : element.Children.First(e => e.Name == schema.Head.Name);
        var texts = Texts(head, schema.Head, number);
        var lines = schema.HeadIsWrapper ? [] : Lines(element, schema, head, number);

        return Document(schema, texts, lines, number);
    }

    /// <param name="receipt">The return, in the schema's own form.</param>
    /// <param name="number">Its place in the message, for faults.</param>
    /// <exception cref="CebFormatException">It cannot be read; says why.</exception>
    public CebDocument Read(CebDocument receipt, int number)
    {
        var schema = receipt.Schema;
        var texts = Texts(receipt.HeadTexts, schema.Head, number);
        var lines = new string?[receipt.LineCount][];
        for (var line = 0; line < lines.Length; line++)
            lines[line] = Texts(receipt.LineTexts(line), schema.Line!, number);
        return Document(schema, texts, lines, number);
    }

    CebDocument Document(CebSchema schema, string?[] texts, string?[][] lines, int number)
    {
        RequireStatus(schema, texts, number);
        Mend(schema, texts);
        return new CebDocument(schema.Type, texts, lines);
    }

    string?[][] Lines(CustomsElement element, CebSchema schema, CustomsElement head, int number)
    {
        var lines = new List<string?[]>();
        foreach (var child in element.Children)
        {
            if (schema.Line is { } line && child.Name == line.Name)
                lines.Add(Texts(child, line, number));
            else if (child != head)
                remarks.Surplus(child.Name);
        }
        return [.. lines];
    }

    string?[] Texts(CustomsElement element, CebEntity entity, int number)
    {
        var texts = new string?[entity.Fields.Length];
        foreach (var child in element.Children)
        {
            if (
                entity.Find(Spellings.GetValueOrDefault(child.Name, child.Name))
                is not { IsJsonOnly: false } field
            )
            {
                remarks.Surplus(child.Name);
                continue;
            }
            foreach (var inner in child.Children)
                remarks.Surplus(inner.Name);
            if (Text(child.Text, field, number) is not { } text)
                continue;
            if (texts[field.Index] is { } before)
            {
                if (before != text && !Words.Contains(field.Name))
                    throw Fault(
                        ProblemCode.DuplicateElement,
                        $"元素 {field.Name}（{field.Label}）重复且内容不同。",
                        $"has two elements {field.Name} that contradict each other.",
                        entity.Name,
                        number
                    );
                remarks.Repeated(field.Name);
                continue;
            }
            texts[field.Index] = text;
        }
        return texts;
    }

    string?[] Texts(ReadOnlySpan<string?> written, CebEntity entity, int number)
    {
        var texts = new string?[written.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (written[i] is { } text)
                texts[i] = Text(text.Trim(), entity.Fields[i], number);
        }
        return texts;
    }

    /// <summary>The text of a field, fit to be written again; null for an empty one.</summary>
    string? Text(string written, CebField field, int number)
    {
        var text = Clip.Clean(written);
        if (text.Length == 0)
            return null;
        if (field.Kind == FieldKind.Number && CebAmount.Parse(text) is null)
            throw Fault(
                ProblemCode.NotANumber,
                $"元素 {field.Name}（{field.Label}）不是数值。",
                $"has no number in {field.Name}.",
                field.Entity.Name,
                number
            );
        if (field.Kind == FieldKind.TimeMillis || field.Name == "guid" || text.Length <= field.MaxLength)
            return text;
        if (!Words.Contains(field.Name))
            throw Fault(
                ProblemCode.FieldTooLong,
                $"元素 {field.Name}（{field.Label}）长度 {text.Length} 超过 {field.MaxLength}。",
                $"has {text.Length} characters in {field.Name}, at most {field.MaxLength} are possible.",
                field.Entity.Name,
                number
            );
        remarks.Mended(field.Name);
        return Shortened(text, field.MaxLength);
    }

    /// <summary>Never in the middle of a number: what is left of an id number would no longer be known for one.</summary>
    static string Shortened(string text, int most)
    {
        var end = most - 1;
        while (end > 0 && char.IsAsciiDigit(text[end - 1]))
            end--;
        return Clip.Cut(text, end + 1);
    }

    static void RequireStatus(CebSchema schema, string?[] texts, int number)
    {
        if (schema.Type == CebType.FormatError)
            return; // it speaks by being there
        foreach (var field in schema.Head.Fields)
        {
            var says = field.Name is "returnStatus" or "status" || field.Kind == FieldKind.Number;
            if (says && texts[field.Index] is null)
                throw Fault(
                    ProblemCode.FieldMissing,
                    $"缺少 {field.Name}（{field.Label}），无从判断结果。",
                    $"has no {field.Name}, so it says nothing.",
                    schema.Wrapper,
                    number
                );
        }
    }

    /// <summary>Time and guid in the form that everything later relies on.</summary>
    void Mend(CebSchema schema, string?[] texts)
    {
        var time = schema.Head.Find("returnTime")!;
        var mended = Time(texts[time.Index]) ?? CebTime.FormatMillis(arrived);
        if (mended != texts[time.Index])
            remarks.Mended(time.Name);
        texts[time.Index] = mended;

        var guid = schema.Head.Find("guid")!;
        if (texts[guid.Index] is { Length: 36 })
            return;
        remarks.Mended(guid.Name);
        texts[guid.Index] = Guid.TryParse(texts[guid.Index], out var known)
            ? known.ToString("D").ToUpperInvariant()
            // The same return gets the same guid again; another one gets another.
            : UuidV5.Of([schema.Root, .. texts.Select(t => t ?? "")]);
    }

    /// <summary><c>yyyyMMddHHmmssSSS</c> of what has these digits, with or without separators, milliseconds or a part of them.</summary>
    static string? Time(string? text)
    {
        if (text is null or { Length: > 40 })
            return null;
        if (text.Length == 17 && CebTime.Parse(text) is not null)
            return text;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length is < 14 or > 17)
            return null;
        var whole = digits.PadRight(17, '0');
        return CebTime.Parse(whole) is null ? null : whole;
    }

    static CebFormatException Fault(
        ProblemCode code,
        string chinese,
        string english,
        string element,
        int number
    ) =>
        new(
            code,
            $"第 {number} 个回执 {element} {chinese}请向海关重新查询。Return {number}, {element}, {english} Ask customs for it again."
        );
}
