using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Unmatched;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Settings;

/// <summary>Options have one form and one way to whoever needs them (ADR 027).</summary>
public sealed class SettingsRegistrationTests
{
    static readonly Type[] Products =
    [
        .. new[]
        {
            typeof(EngineSettings),
            typeof(UnmatchedOptions),
            typeof(ParcelOptions),
            typeof(CustomsSimulatorOptions),
            typeof(KafkaConnectionOptions),
        }.SelectMany(t => t.Assembly.GetTypes()),
    ];

    [Fact]
    public void Every_section_is_there_as_it_was_bound_and_checked()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Recovery:AtOnce", "7"), new("Quota:HorizonYears", "3")])
            .Build();
        var settings = EngineSettings.Look(configuration);
        var services = new ServiceCollection();
        services.AddSettings(settings);
        using var built = services.BuildServiceProvider();

        Assert.All(SettingsCatalogue.Sections, s =>
            Assert.Same(settings.Sections[s.Name], built.GetRequiredService(s.Options))
        );
    }

    /// <summary>Options that are bound a second time are checked by nobody, or by other words.</summary>
    [Fact]
    public void Nobody_asks_for_options_of_ours_in_another_form()
    {
        var asked =
            from type in Products
            from constructor in type.GetConstructors(Everything)
            from parameter in constructor.GetParameters()
            where IsWrapped(parameter.ParameterType)
            select $"{type.Name} asks for {parameter.ParameterType}";

        Assert.Empty(asked.Distinct());
    }

    [Fact]
    public void Options_are_checked_by_their_attributes_and_their_own_Validate_alone()
    {
        var validators = Products.Where(t =>
            t.GetInterfaces()
                .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IValidateOptions<>))
        );

        Assert.Empty(validators);
    }

    const System.Reflection.BindingFlags Everything =
        System.Reflection.BindingFlags.Instance
        | System.Reflection.BindingFlags.Public
        | System.Reflection.BindingFlags.NonPublic;

    /// <summary>Orleans itself names the options of its stream providers: those alone come by name.</summary>
    static bool IsWrapped(Type type) =>
        type.IsGenericType
        && type.Namespace == typeof(IOptions<>).Namespace
        && type.GetGenericArguments()[0] is var options
        && options.Namespace?.StartsWith("ClearanceEngine", StringComparison.Ordinal) == true
        && options != typeof(KafkaStreamOptions);
}
