using ClearanceEngine.Signing;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hsm;

sealed class SigningPoolOptionsValidator : IValidateOptions<SigningPoolOptions>
{
    public ValidateOptionsResult Validate(string? name, SigningPoolOptions options) =>
        options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
