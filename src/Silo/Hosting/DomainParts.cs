using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What the domain needs: participants, the port's rules, limits and tax rates.</summary>
static class DomainParts
{
    public static void AddDomain(this IServiceCollection services, EngineSettings settings)
    {
        var engine = settings.Get<EngineOptions>();
        services.AddSingleton<IParticipantRegistry>(Participants(engine));
        services.AddSingleton(Limits(engine));
        services.AddSingleton(Taxes(settings.Get<TaxOptions>()));
        // Later: the embedded default has its key made first.
        services.AddSingleton(_ => new SubscriberIdentity(settings.Get<IdentityOptions>()));

        services.AddSingleton(sp => new ParcelRules(
            settings.Get<CustomsPortOptions>(),
            settings.Get<ParcelOptions>(),
            sp.GetRequiredService<LimitTable>(),
            sp.GetRequiredService<TaxCalculator>(),
            sp.GetRequiredService<SubscriberIdentity>()
        )
        {
            Unmatched = settings.Get<UnmatchedOptions>(),
        });
    }

    static LimitTable Limits(EngineOptions engine) =>
        engine.Limits.Count == 0
            ? LimitTable.Default
            : new LimitTable([
                new(new DateOnly(2016, 4, 8), 200_000, 2_000_000),
                new(new DateOnly(2019, 1, 1), 500_000, 2_600_000),
                .. engine.Limits.Select(l => new PurchaseLimit(l.From, l.SingleFen, l.AnnualFen)),
            ]);

    static TaxCalculator Taxes(TaxOptions tax) =>
        new(
            tax.RatesFile is { } file ? TaxRates.Load(SettingFile.Read(file).Bytes, file) : TaxRates.Sample,
            tax
        );

    static ParticipantRegistry Participants(EngineOptions engine) =>
        engine.ParticipantsFile is { } file
            ? ParticipantRegistry.Load(SettingFile.Read(file).Bytes, file)
            : ParticipantRegistry.Development;
}
