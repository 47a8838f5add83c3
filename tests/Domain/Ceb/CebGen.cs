using ClearanceEngine.Ceb;
using CsCheck;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>Messages of any type with texts of any allowed kind, presence by chance.</summary>
static class CebGen
{
    static readonly Gen<string> Words = Gen.OneOf(
        Any("<a>&\"'", "虚构", "x\r\ny", "\t", "]]>", "𠀀", " lead and trail ", ""),
        Gen.String[Gen.Char.AlphaNumeric, 1, 12]
    );

    public static Gen<CebDocument> Document(CebSchema schema) =>
        from head in Texts(schema.Head)
        from lines in schema.Line is { } line ? Texts(line).Array[0, 4] : Gen.Const(Array.Empty<string?[]>())
        select new CebDocument(schema.Type, head, lines);

    public static Gen<CebMessage> Message { get; } = Messages([.. CebSchema.All]);

    /// <summary>What customs sends; most of it fit to be taken.</summary>
    public static Gen<CebMessage> Receipts { get; } =
        from message in Messages([.. CebSchema.All.Where(s => !s.IsDeclaration)])
        from fit in Gen.Int[0, 3]
        select fit == 0 ? message : message with { Documents = [.. message.Documents.Select(Fit)] };

    static Gen<CebMessage> Messages(params CebSchema[] schemas) =>
        from schema in Any(schemas)
        from documents in Document(schema).Array[1, schema.MaxDocuments == 1 ? 1 : 4]
        from note in Words
        select new CebMessage(
            schema.Type,
            Guid.Empty.ToString().ToUpperInvariant(),
            "1.0",
            [.. documents],
            schema.IsDeclaration
                ? new CebTransfer("9999900001", note, "DXP", "D", note.Length % 2 == 0 ? null : note)
                : null
        );

    static CebDocument Fit(CebDocument receipt) =>
        receipt.Schema.Head.Fields.Aggregate(receipt, (fit, field) => field.Name == "returnTime"
                ? fit.With(field, "20261129093000555")
            : field.Kind == FieldKind.Number || field.Name.EndsWith("tatus", StringComparison.Ordinal)
                ? fit.With(field, "120")
            : fit);

    static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Gen<string?[]> Texts(CebEntity entity) =>
        Gen.Select(Words, Gen.Bool)
            .Array[entity.Fields.Length]
            .Select(pairs =>
                pairs.Select((p, i) => p.Item2 && !entity.Fields[i].IsJsonOnly ? p.Item1 : null).ToArray()
            );
}
