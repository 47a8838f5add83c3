namespace ClearanceEngine.Audit;

/// <summary>What an act was done to, as the audit trail finds it again: its kind, then its own name. Never an id number (rule 14).</summary>
public readonly record struct AuditSubject
{
    AuditSubject(string text) => Text = text;

    /// <summary>For example <c>parcel/9999900001/TEST-ORD-1</c>.</summary>
    public string Text { get; }

    /// <summary>A parcel, by its platform and order number.</summary>
    public static AuditSubject Parcel(string ebpCode, string orderNo) => new($"parcel/{ebpCode}/{orderNo}");

    /// <summary>A person, by the keyed hash that stands for the id number.</summary>
    public static AuditSubject Person(string hash) => new($"person/{hash}");

    /// <summary>A message of declarations, by its guid.</summary>
    public static AuditSubject Message(string guid) => new($"message/{guid}");

    /// <summary>An OAuth client, by its name.</summary>
    public static AuditSubject Client(string name) => new($"client/{name}");

    /// <summary>An account of a person, by its name.</summary>
    public static AuditSubject Account(string name) => new($"account/{name}");

    /// <summary>As it was written before, or typed in by whoever searches.</summary>
    public static AuditSubject Written(string text) => new(text);

    public override string ToString() => Text;
}
