namespace ClearanceEngine.Ceb;

/// <summary>What the text of a field must look like.</summary>
public enum FieldKind
{
    /// <summary>Any text of the given length (in characters, as the schema counts).</summary>
    Text,

    /// <summary>xs:decimal with at most 19 digits, 5 of them after the point.</summary>
    Number,

    /// <summary>A whole number of at most 9 digits.</summary>
    Integer,

    /// <summary>One of a few values.</summary>
    Choice,

    /// <summary><c>yyyyMMddHHmmss</c>, Beijing time.</summary>
    Time,

    /// <summary><c>yyyyMMddHHmmssSSS</c>, Beijing time (receipts).</summary>
    TimeMillis,

    /// <summary><c>yyyyMMdd</c>.</summary>
    Date,
}

/// <summary>When a field must be there.</summary>
public enum Presence
{
    /// <summary>May be left out.</summary>
    Optional,

    /// <summary>Always.</summary>
    Required,

    /// <summary>Required for 1210 (bonded), optional for 9610 (direct purchase).</summary>
    RequiredBonded,

    /// <summary>Required for 9610 (direct purchase), forbidden for 1210 (bonded).</summary>
    RequiredDirect,
}

/// <summary>One row of the field table: name on the wire, Chinese label, form and presence (SPEC22).</summary>
public sealed class CebField
{
    CebField(
        string name,
        string label,
        FieldKind kind,
        int min,
        int max,
        Presence presence,
        string[]? choices = null
    )
    {
        Name = name;
        Label = label;
        Kind = kind;
        MinLength = min;
        MaxLength = max;
        Presence = presence;
        Choices = choices ?? [];
    }

    /// <summary>The official element name, misspellings included.</summary>
    public string Name { get; }

    /// <summary>The Chinese name that operators know it by.</summary>
    public string Label { get; }

    public FieldKind Kind { get; }

    /// <summary>In characters; 0 lets a present element be empty.</summary>
    public int MinLength { get; }

    /// <summary>In characters.</summary>
    public int MaxLength { get; }

    public Presence Presence { get; }

    /// <summary>The allowed values of a <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>True for a field that only the JSON form has; it is never written to XML.</summary>
    public bool IsJsonOnly { get; private set; }

    /// <summary>Position in its entity.</summary>
    public int Index { get; internal set; }

    /// <summary>The entity it belongs to.</summary>
    public CebEntity Entity { get; internal set; } = null!;

    /// <inheritdoc/>
    public override string ToString() => $"{Entity.Name}.{Name}";

    internal static CebField Text(
        string name,
        string label,
        int min,
        int max,
        bool required = true,
        Presence? presence = null
    ) => new(name, label, FieldKind.Text, min, max, presence ?? Of(required));

    internal static CebField Number(string name, string label, bool required = true) =>
        new(name, label, FieldKind.Number, 1, 21, Of(required));

    internal static CebField Integer(string name, string label, bool required = true) =>
        new(name, label, FieldKind.Integer, 1, 9, Of(required));

    internal static CebField Choice(string name, string label, string[] choices) =>
        new(name, label, FieldKind.Choice, 1, choices.Max(c => c.Length), Presence.Required, choices);

    internal static CebField Time(string name, string label) =>
        new(name, label, FieldKind.Time, 14, 14, Presence.Required);

    internal static CebField TimeMillis(string name, string label) =>
        new(name, label, FieldKind.TimeMillis, 17, 17, Presence.Required);

    internal static CebField Date(string name, string label, bool required = true) =>
        new(name, label, FieldKind.Date, 8, 8, Of(required));

    internal CebField JsonOnly()
    {
        IsJsonOnly = true;
        return this;
    }

    static Presence Of(bool required) => required ? Presence.Required : Presence.Optional;
}
