using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Silo.Settings;

/// <summary>What settings of different sections ask of each other.</summary>
static class SettingsAcross
{
    public static IEnumerable<SettingFault> Faults(EngineSettings settings) =>
        [
            .. Sizes(settings),
            .. Database(
                settings.Get<EngineOptions>(),
                settings.Get<StorageOptions>(),
                settings.Get<IdentityOptions>()
            ),
            .. Rates(settings.Get<TaxOptions>()),
            .. Brokers(settings),
            .. KafkaClientFaults.Of(settings.Get<KafkaConnectionOptions>()),
            .. SettingDirectories.Faults(settings),
            .. Provider(settings),
        ];

    /// <summary>The domain reads no files, so the host checks the one that its options name.</summary>
    static IEnumerable<SettingFault> Rates(TaxOptions tax) =>
        SettingFile
            .Faults(tax.RatesFile, TaxRates.Faults)
            .Select(f => new SettingFault("Tax:RatesFile", tax.RatesFile, f));

    /// <summary>The development broker's address is none that anybody wrote: its port may be any.</summary>
    static IEnumerable<SettingFault> Brokers(EngineSettings settings)
    {
        const string Name = $"Kafka:{nameof(KafkaConnectionOptions.BootstrapServers)}";
        var servers = settings.Get<KafkaConnectionOptions>().BootstrapServers;
        if (settings.Parts.IsDevelopment(EngineParts.Broker) || servers.Length == 0)
            yield break;
        if (BrokerAddresses.Fault(servers) is { } fault)
            yield return new(Name, servers, fault);
    }

    /// <summary>A message that the next part would not take must not be gathered, or asked for.</summary>
    static IEnumerable<SettingFault> Sizes(EngineSettings settings)
    {
        var (dispatch, kafka) = (settings.Get<DispatchOptions>(), settings.Get<KafkaConnectionOptions>());
        if ((long)dispatch.MessageBytes + DispatchOptions.RecordRoom > kafka.MessageMaxBytes)
            yield return new(
                "Dispatch:MessageBytes",
                $"{dispatch.MessageBytes}",
                $"加上键与消息头的 {DispatchOptions.RecordRoom} 字节应不超过 Kafka:MessageMaxBytes（{kafka.MessageMaxBytes}）。It and {DispatchOptions.RecordRoom} bytes for key and headers must fit into Kafka:MessageMaxBytes ({kafka.MessageMaxBytes}); lower the one, or raise the other and max.message.bytes of the topic {TopicNames.Outbound}."
            );
        var (door, largest) = (
            settings.Get<DoorOptions>(),
            settings.Get<IntakeOptions>().Limits.MessageBytes
        );
        if (door.ClientReadingBytes < largest)
            yield return new(
                "Door:ClientReadingBytes",
                $"{door.ClientReadingBytes}",
                $"不得小于 Intake:Limits:MessageBytes（{largest}）。It must not be below Intake:Limits:MessageBytes ({largest})."
            );
    }

    /// <summary>Keys that come unprotected are anybody's: a plain address is for a provider on this machine, where that is allowed by name.</summary>
    static IEnumerable<SettingFault> Provider(EngineSettings settings)
    {
        var access = settings.Get<AccessOptions>();
        if (
            access.SigningKeysFile is not null
            || !Uri.TryCreate(access.Authority, UriKind.Absolute, out var authority)
            || authority.Scheme != Uri.UriSchemeHttp
        )
            yield break;
        var isForDevelopment =
            authority.IsLoopback
            && settings.Get<EngineOptions>().AllowDevelopmentParts.HasFlag(EngineParts.Identity);
        if (!isForDevelopment)
            yield return new(
                "Access:Authority",
                access.Authority,
                "应为 https://…，否则任何人都能替换其公钥；仅测试环境、且在本机上，可用 Engine:AllowDevelopmentParts=Identity 放行。It must be https://…: keys that come over http are anybody's. On a test rig, and on loopback only, Engine:AllowDevelopmentParts=Identity lets it through."
            );
    }

    /// <summary>What an engine that is to start must know of whom it listens to.</summary>
    public static IEnumerable<SettingFault> Callers(EngineSettings settings) =>
        [.. Strangers(settings), .. WithoutTls(settings)];

    /// <summary>A certificate is shown in TLS alone, so one that is listed must find an address that has it.</summary>
    static IEnumerable<SettingFault> WithoutTls(EngineSettings settings)
    {
        if (settings.Get<AccessOptions>().Certificates.Count == 0)
            yield break;
        if (!settings.Listening.Any(a => a.StartsWith("https://", StringComparison.OrdinalIgnoreCase)))
            yield return new(
                "Access:Certificates",
                null,
                "证书只在 TLS 中出示，而引擎没有 https 监听地址：请设置 Urls=https://ADDRESS:PORT 及 Door:Tls:CertificateFile 与 Door:Tls:KeyFile，且其前不得终结 TLS。A certificate is shown in TLS alone, and the engine listens on no https address: set Urls=https://ADDRESS:PORT with Door:Tls:CertificateFile and Door:Tls:KeyFile, and let nothing end TLS before it."
            );
    }

    /// <summary>Development accounts are no identity for strangers: with them the engine listens on loopback only, and no proxy brings others there (ADR 029).</summary>
    static IEnumerable<SettingFault> Strangers(EngineSettings settings)
    {
        if (!settings.Parts.IsDevelopment(EngineParts.Identity))
            yield break;
        const string Remedy =
            "请设置 Access:Authority 与 Access:Audience（或 Access:Accounts:Issuer，或 Access:Certificates）";
        const string RemedyInEnglish =
            "set Access:Authority and Access:Audience (or Access:Accounts:Issuer, or Access:Certificates)";
        foreach (var address in settings.Listening.Where(a => !ListeningAddresses.IsLoopback(a)))
            yield return new(
                "Access:Authority",
                null,
                $"未配置身份认证，不得监听本机以外的地址 {address}：{Remedy}，或只监听 http://127.0.0.1:8080（Urls）。Nobody vouches for callers, so the engine does not listen on {address}, which others can reach: {RemedyInEnglish}, or listen on http://127.0.0.1:8080 only (Urls)."
            );
        if (settings.Get<DoorOptions>().KnownProxies.Count > 0)
            yield return new(
                "Access:Authority",
                null,
                $"未配置身份认证，不得置于代理之后（Door:KnownProxies）：{Remedy}，或去掉代理。Nobody vouches for callers, so no proxy may bring strangers to loopback (Door:KnownProxies): {RemedyInEnglish}, or take the proxies away."
            );
    }

    static IEnumerable<SettingFault> Database(
        EngineOptions engine,
        StorageOptions storage,
        IdentityOptions identity
    )
    {
        const string Required =
            "使用 PostgreSQL 时必填：32 个随机字节的 base64，所有 silo 相同。It is required with PostgreSQL: base64 of 32 random bytes (openssl rand -base64 32), the same for every silo.";
        if (storage.Provider == StorageProvider.PostgreSql)
        {
            if (storage.Keys.Ring.Count == 0)
                yield return new("Storage:Keys:Ring:1", null, Required);
            if (identity.HmacKey.Length == 0)
                yield return new("Identity:HmacKey", null, Required);
        }
        else if (engine.Cluster)
            yield return new(
                "Engine:Cluster",
                "true",
                "需要 Storage:Provider=PostgreSql。It needs Storage:Provider=PostgreSql: silos find each other in its database."
            );
    }
}
