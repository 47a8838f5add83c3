using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace ClearanceEngine.Silo.Settings;

/// <summary>Where settings come from: the later of two sources wins.</summary>
sealed class SettingSources(IConfiguration configuration)
{
    readonly IConfigurationProvider[] _providers = [.. Of(configuration)];

    /// <summary>A name at the top, and who gives it.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Leaves">Full names of all that is below it; itself where it is a value.</param>
    /// <param name="Source">Who gives it.</param>
    /// <param name="IsEnvironment">Whether that is the environment, which holds others' names, too.</param>
    public sealed record Root(string Name, IReadOnlyList<string> Leaves, string Source, bool IsEnvironment)
    {
        public bool HasParts => Leaves is not [var only] || only != Name;
    }

    public IEnumerable<Root> Roots() =>
        from provider in _providers
        from name in provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase)
        select new Root(
            name,
            [.. Leaves(provider, name)],
            Name(provider),
            provider is EnvironmentVariablesConfigurationProvider
        );

    /// <summary>Who gives a setting; null when nobody does.</summary>
    public string? Of(string name) =>
        _providers.LastOrDefault(p => p.TryGet(name, out var value) && value is not null) is { } provider
            ? Name(provider)
            : null;

    /// <summary>Whether a name is given by anybody but the environment.</summary>
    public bool IsGivenOnPurpose(string name) =>
        _providers.Any(p => p is not EnvironmentVariablesConfigurationProvider && p.TryGet(name, out _));

    static IEnumerable<string> Leaves(IConfigurationProvider provider, string name)
    {
        var children = provider.GetChildKeys([], name).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        return children.Length == 0 ? [name] : children.SelectMany(c => Leaves(provider, $"{name}:{c}"));
    }

    static IEnumerable<IConfigurationProvider> Of(IConfiguration configuration) =>
        configuration is IConfigurationRoot root
            ? root.Providers.SelectMany(p =>
                p is ChainedConfigurationProvider chained ? Of(chained.Configuration) : [p]
            )
            : [];

    static string Name(IConfigurationProvider provider) =>
        provider switch
        {
            CommandLineConfigurationProvider => "命令行 command line",
            EnvironmentVariablesConfigurationProvider => "环境变量 environment",
            JsonConfigurationProvider json => json.Source.Path ?? "appsettings.json",
            _ => "引擎 engine",
        };
}
