using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Sections of the configuration as options: a name that nobody knows, or a value that cannot work, ends the start by name.</summary>
static class Settings
{
    /// <summary>A section; what it does not name keeps its default.</summary>
    /// <exception cref="OptionsValidationException">The section names a setting that does not exist.</exception>
    public static T Section<T>(this IConfiguration configuration, string name, T? defaults = null)
        where T : class, new()
    {
        var options = defaults ?? new T();
        try
        {
            configuration.GetSection(name).Bind(options, b => b.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(
                name,
                typeof(T),
                [$"Configuration section {name}: {e.Message}"]
            );
        }
        return options;
    }

    /// <summary>A section that was checked.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="name">Of the section.</param>
    /// <param name="fault">Says what is wrong with the options, or null.</param>
    /// <param name="defaults">Where they are not those of the type.</param>
    /// <exception cref="OptionsValidationException">A setting does not exist, or its value cannot work.</exception>
    public static T Checked<T>(
        this IConfiguration configuration,
        string name,
        Func<T, string?> fault,
        T? defaults = null
    )
        where T : class, new()
    {
        var options = configuration.Section(name, defaults);
        if (fault(options) is { } text)
            throw new OptionsValidationException(typeof(T).Name, typeof(T), [text]);
        return options;
    }
}
