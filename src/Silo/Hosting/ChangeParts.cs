using ClearanceEngine.Silo.Changes;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The change feed.</summary>
static class ChangeParts
{
    public static void AddChanges(this IServiceCollection services, EngineSettings settings)
    {
        if (settings.Parts.IsDevelopment(EngineParts.Broker))
            services.AddSingleton<ITopicIdentity, DevelopmentTopicIdentity>();
        else
            services.AddSingleton<ITopicIdentity, KafkaTopicIdentity>();
        services.AddSingleton<ReceiptPages>();
        services.AddSingleton<ReceiptTail>();
        services.AddSingleton<ReaderPlaces>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<ChangePolls>();
        services.AddSingleton<CredentialCheck>();
        services.AddSingleton<ChangeStreams>();
    }
}
