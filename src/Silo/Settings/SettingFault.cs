namespace ClearanceEngine.Silo.Settings;

/// <summary>A setting that cannot work.</summary>
/// <param name="Name">Its full name, such as <c>Engine:Limits:0:SingleFen</c>.</param>
/// <param name="Value">What it is, masked; null where it is not told.</param>
/// <param name="Text">What is allowed, in both languages.</param>
sealed record SettingFault(string Name, string? Value, string Text)
{
    /// <summary>Where it was given; null where nobody gave it.</summary>
    public string? Source { get; init; }

    /// <summary>One line for the person who wrote it.</summary>
    public override string ToString()
    {
        var value = Value is null ? "" : $" = {Value}";
        var source = Source is null ? "" : $" ({Source})";
        return $"{Name}{value}{source}: {Text}";
    }
}
