using System.Globalization;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Where a letter lies: written <c>partition:offset</c>. Letters are ordered by partition, then by offset.</summary>
readonly record struct LetterPosition(int Partition, long Offset)
{
    /// <summary>Reads <c>partition:offset</c>, or an offset alone, which is one of partition 0.</summary>
    public static LetterPosition? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (partition, offset) = colon < 0 ? ("0", text) : (text[..colon], text[(colon + 1)..]);
        return
            int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o)
            ? new LetterPosition(p, o)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Offset}");
}

/// <summary>A stretch of one partition of the dead letters.</summary>
/// <param name="Partition">Which.</param>
/// <param name="From">First offset.</param>
/// <param name="End">The offset after the last.</param>
sealed record LetterSpan(int Partition, long From, long End);
