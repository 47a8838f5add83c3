using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Waiting;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What the domain needs: participants, the port's rules, limits, tax rates and the options of the grains.</summary>
static class DomainParts
{
    public static void AddDomain(
        this IServiceCollection services,
        IConfiguration configuration,
        EngineOptions engine,
        PartsInUse parts,
        IntakeOptions intake
    )
    {
        services.AddSingleton<IParticipantRegistry>(ParticipantRegistry.Load(engine.ParticipantsFile));
        var port = configuration.Section<PortOptions>("Port");
        services.AddSingleton(port);
        services.AddSingleton(Limits(engine));
        services.AddSingleton(_ => Taxes(configuration.Section<TaxOptions>("Tax")));
        services.AddSingleton(_ => new SubscriberIdentity(
            configuration.Section<IdentityOptions>("Identity")
        ));

        var parcel = configuration.Checked("Parcel", o => o.Fault(), Waits(parts, intake));
        services.AddSingleton(sp => new ParcelRules(
            port,
            parcel,
            sp.GetRequiredService<LimitTable>(),
            sp.GetRequiredService<TaxCalculator>(),
            sp.GetRequiredService<SubscriberIdentity>()
        ));
        services.AddGrainOptions<QuotaOptions>(configuration, "Quota", o => o.Fault());
        services.AddGrainOptions<WaitingOptions>(configuration, "Waiting", o => o.Fault());
        services.AddGrainOptions<SignedMessageOptions>(configuration, "SignedMessages", o => o.Fault());
        services.AddGrainOptions<SigningPoolOptions>(configuration, "SigningPool", o => o.Fault());
    }

    static void AddGrainOptions<T>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section,
        Func<T, string?> fault
    )
        where T : class, new() =>
        services.AddSingleton(Options.Create(configuration.Checked(section, fault)));

    static LimitTable Limits(EngineOptions engine) =>
        engine.Limits.Count == 0
            ? LimitTable.Default
            : new LimitTable([
                new(new DateOnly(2016, 4, 8), 200_000, 2_000_000),
                new(new DateOnly(2019, 1, 1), 500_000, 2_600_000),
                .. engine.Limits.Select(l => new PurchaseLimit(l.From, l.SingleFen, l.AnnualFen)),
            ]);

    static TaxCalculator Taxes(TaxOptions tax)
    {
        if (tax.RatesFile is null)
            return new TaxCalculator(TaxRates.Sample, tax);
        using var file = File.OpenRead(tax.RatesFile);
        return new TaxCalculator(TaxRates.Read(file), tax);
    }

    /// <summary>The simulator answers within a second: what it has not said by then was lost with a process that was killed.</summary>
    static readonly TimeSpan SimulatorTimeout = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The development broker forgets with its process: nothing is left there for longer than it must. A batch of a stream
    /// waits for its slowest record: what waited to be stored with the next would hold up the next.
    /// </summary>
    static ParcelOptions Waits(PartsInUse parts, IntakeOptions intake)
    {
        var options = new ParcelOptions();
        if (parts.IsDevelopment(EngineParts.Broker) || intake.Through == IntakePath.Streams)
        {
            options.DocumentsWait = TimeSpan.Zero;
            options.ReceiptsWait = TimeSpan.Zero;
        }
        if (parts.IsDevelopment(EngineParts.Broker) && parts.IsDevelopment(EngineParts.Simulator))
            options.AnswerTimeout = SimulatorTimeout;
        return options;
    }
}
