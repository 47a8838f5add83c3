using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What is wrong with a set of options, by its attributes and its own rules.</summary>
static class OptionsFault
{
    /// <summary>The first fault, with the option's name; null when nothing is wrong.</summary>
    public static string? First(object options) =>
        All(options) is [var first, ..]
            ? $"{string.Join(", ", first.MemberNames)}: {first.ErrorMessage}"
            : null;

    /// <summary>The faults of options within options.</summary>
    public static IEnumerable<ValidationResult> Of(string name, object options) =>
        All(options)
            .Select(f => new ValidationResult(
                f.ErrorMessage,
                f.MemberNames.Select(member => $"{name}:{member}")
            ));

    static List<ValidationResult> All(object options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(
            options,
            new ValidationContext(options),
            faults,
            validateAllProperties: true
        );
        return faults;
    }
}
