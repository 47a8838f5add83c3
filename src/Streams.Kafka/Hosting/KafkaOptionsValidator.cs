using Microsoft.Extensions.Options;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Fails the start with the first fault of a set of options.</summary>
sealed class KafkaOptionsValidator<T>(string part) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options) =>
        OptionsFault.First(options) is { } text
            ? ValidateOptionsResult.Fail($"{part}: {text}")
            : ValidateOptionsResult.Success;
}
