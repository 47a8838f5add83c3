using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Repeats;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Tests.Storage;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>The door alone, on a real server on loopback: nothing behind it but a store, and a broker that answers at once.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly TestDatabase? _database;

    DoorHost(WebApplication app, TestDatabase? database, NoGrains grains, Book log, string directory)
    {
        Directory = directory;
        _app = app;
        _database = database;
        Grains = grains;
        Log = log;
        Address = new Uri(app.Urls.First() + "/");
        Http = new HttpClient { BaseAddress = Address };
        if (app.Services.GetService<DevelopmentAccounts>() is not null)
            Http.SignIn(directory);
    }

    public Uri Address { get; }

    /// <summary>Signed in as the developer, where there are development accounts; else a test gives it a credential.</summary>
    public HttpClient Http { get; }

    /// <summary>Where those lie.</summary>
    public string Directory { get; }

    /// <summary>Counts who is woken.</summary>
    public NoGrains Grains { get; }

    /// <summary>What went wrong, as the log has it.</summary>
    public Book Log { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<DoorHost> Start(params string[] settings) => Start(TimeProvider.System, settings);

    public static Task<DoorHost> Start(TimeProvider time, params string[] settings) =>
        Start(time, database => database, settings);

    /// <param name="time">The clock of the door.</param>
    /// <param name="through">Puts something between the door and its store.</param>
    /// <param name="settings">Arguments.</param>
    public static async Task<DoorHost> Start(
        TimeProvider time,
        Func<IStateDatabase, IStateDatabase> through,
        params string[] settings
    ) => await Start(time, through, _ => { }, settings);

    /// <param name="time">The clock of the door.</param>
    /// <param name="through">Puts something between the door and its store.</param>
    /// <param name="map">Adds endpoints.</param>
    /// <param name="settings">Arguments.</param>
    public static async Task<DoorHost> Start(
        TimeProvider time,
        Func<IStateDatabase, IStateDatabase> through,
        Action<WebApplication> map,
        params string[] settings
    ) => await Start(time, through, map, _ => { }, settings);

    /// <param name="time">The clock of the door.</param>
    /// <param name="through">Puts something between the door and its store.</param>
    /// <param name="map">Adds endpoints.</param>
    /// <param name="configure">Puts other parts in the place of the usual ones.</param>
    /// <param name="settings">Arguments.</param>
    public static async Task<DoorHost> Start(
        TimeProvider time,
        Func<IStateDatabase, IStateDatabase> through,
        Action<WebApplication> map,
        Action<IServiceCollection> configure,
        params string[] settings
    )
    {
        var database = await SqliteTestDatabase.Create();
        return await Start(time, through, map, configure, database, isItsOwn: true, settings);
    }

    /// <summary>Beside others that have the same store.</summary>
    public static Task<DoorHost> Start(TestDatabase database, TimeProvider time, params string[] settings) =>
        Start(time, store => store, _ => { }, _ => { }, database, isItsOwn: false, settings);

    static async Task<DoorHost> Start(
        TimeProvider time,
        Func<IStateDatabase, IStateDatabase> through,
        Action<WebApplication> map,
        Action<IServiceCollection> configure,
        TestDatabase database,
        bool isItsOwn,
        string[] settings
    )
    {
        var (grains, index) = (NoGrains.Make(), new NoDocuments());
        var builder = WebApplication.CreateSlimBuilder();
        var log = new Book();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrelHttpsConfiguration();
        var directory = System.IO.Directory.CreateTempSubdirectory("clearance-door-").FullName;
        builder.Configuration.AddCommandLine([$"--Engine:DataDirectory={directory}", .. settings]);
        var services = builder.Services;

        var given = EngineSettings.Look(builder.Configuration);
        var intake = given.Get<IntakeOptions>();
        services.AddSettings(given);
        services.AddSingleton(time);
        services.AddSingleton(database.Options());
        services.AddSingleton(new StateProtection(database.Options().Keys));
        services.AddSingleton(new ClusterMac(database.Options().Keys));
        services.AddSingleton(_ => through(database.Open()));
        services.AddSingleton<IPartWatch>(sp => new PartWatch(
            sp.GetRequiredService<IStateDatabase>(),
            sp.GetRequiredService<WriteProbe>(),
            null!,
            null!,
            null!
        ));
        services.AddSingleton<DatabaseRetry>();
        services.AddSingleton<StoredGrains>();
        services.AddSingleton<IDocumentIndex>(index);
        services.AddSingleton(grains.Factory);
        services.AddSingleton<ILocalSiloDetails>(new ThisSilo());
        services.AddSingleton<IKafkaProducer, AnsweringBroker>();
        services.AddSingleton(LimitTable.Default);
        services.AddSingleton(
            new SubscriberIdentity(new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) })
        );
        services.AddSingleton<WriteProbe>();
        services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", HealthStatus.Unhealthy, ["ready"]);
        services.AddSingleton<IParticipantRegistry>(ParticipantRegistry.Development);
        services.AddSingleton(
            new DeclarationTopics(
                new IntakeOptions(),
                ParticipantRegistry.Development,
                new CustomsPortOptions()
            )
        );
        services.AddAccess(given);
        services.AddChanges(given);
        services.AddDoor(given.Get<DoorOptions>(), intake, given.Get<AccessOptions>());
        configure(services);

        var app = builder.Build();
        app.UseDoor();
        map(app);
        await app.Services.GetRequiredService<IStateDatabase>().Migrate(_ => { }, CancellationToken.None);
        await app.StartAsync();
        return new DoorHost(app, isItsOwn ? database : null, grains, log, directory);
    }

    /// <summary>Something is stored of this grain.</summary>
    public Task Store(string state, string grainKey) =>
        Services
            .GetRequiredService<IStateDatabase>()
            .Commit([
                new RowWrite(
                    new RowKey(state, grainKey),
                    0,
                    null,
                    Guid.NewGuid(),
                    new byte[64],
                    null,
                    null,
                    null,
                    [],
                    []
                ),
            ]);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Texts and exceptions that were logged.</summary>
    internal sealed class Book : ILoggerProvider, ILogger
    {
        readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _lines.Enqueue($"{formatter(state, exception)} {exception?.Message}");

        public void Dispose() { }
    }

    /// <summary>Has every record and answers whoever waits for it that it is refused.</summary>
    internal sealed class AnsweringBroker(DoorBell bell) : IKafkaProducer
    {
        int _records;

        /// <summary>How many it has.</summary>
        public int Records => _records;

        public const string Code = "decided";

        public Task<TopicPartitionOffset> Produce(
            string topic,
            ReadOnlyMemory<byte>? key,
            ReadOnlyMemory<byte>? value,
            Headers? headers = null,
            CancellationToken cancellationToken = default
        )
        {
            Interlocked.Increment(ref _records);
            var record = new FeedRecord(topic, 0, 0, DateTimeOffset.UnixEpoch, null, value!.Value, headers!);
            bell.Ring(
                record.Header(TopicNames.CorrelationHeader)!,
                new DoorAnswer([], ProblemCode.Written(Code), "Decided.")
            );
            return Task.FromResult(new TopicPartitionOffset(topic, 0, 0));
        }
    }

    sealed class NoDocuments : IDocumentIndex
    {
        public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(
            IReadOnlyCollection<string> keys,
            bool fresh,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>>(
                new Dictionary<string, IReadOnlyList<string>>()
            );
    }

    sealed class ThisSilo : ILocalSiloDetails
    {
        public string Name => "here";
        public string ClusterId => "test";
        public string DnsHostName => "localhost";
        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 11111, 1);
        public SiloAddress GatewayAddress => SiloAddress;
    }
}

/// <summary>A factory of grains that gives none but a test's own, and counts who asked.</summary>
public class NoGrains : DispatchProxy
{
    int _woken;

    public int Woken => _woken;

    /// <summary>What whoever asks for a grain gets; none unless a test sets it.</summary>
    public IParcelGrain? Parcel { get; set; }

    /// <summary>Where repeats are known; every caller's is the same.</summary>
    public IRepeatsGrain? Repeats { get; set; }

    public IGrainFactory Factory { get; private set; } = null!;

    public static NoGrains Make()
    {
        var proxy = Create<IGrainFactory, NoGrains>();
        var grains = (NoGrains)(object)proxy;
        grains.Factory = proxy;
        return grains;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.GetGenericArguments() is [var wanted] && wanted == typeof(IRepeatsGrain))
            return Repeats;

        Interlocked.Increment(ref _woken);
        return Parcel ?? throw new InvalidOperationException("A grain was woken.");
    }
}

/// <summary>A request whose bytes are sent one by one, so that a test says when.</summary>
internal sealed class RawRequest : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="door">The door.</param>
    /// <param name="from">The client's own address, any of 127.0.0.0/8.</param>
    public static async Task<RawRequest> Connect(DoorHost door, string from = "127.0.0.1")
    {
        var request = new RawRequest();
        request._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await request._socket.ConnectAsync(IPAddress.Loopback, door.Address.Port);
        return request;
    }

    /// <summary>A message whose body is announced and not sent.</summary>
    public static async Task<RawRequest> Announce(
        DoorHost door,
        int? length,
        string from = "127.0.0.1",
        string headers = ""
    )
    {
        var request = await Connect(door, from);
        var size = length is null ? "Transfer-Encoding: chunked" : $"Content-Length: {length}";
        await request.Send(
            $"POST /ceb HTTP/1.1\r\nHost: door\r\nAuthorization: {door.Http.DefaultRequestHeaders.Authorization}\r\n{headers}{size}\r\n\r\n"
        );
        return request;
    }

    public Task Send(string text) => Send(System.Text.Encoding.Latin1.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes);

    /// <summary>The whole answer as text: status line, headers, body. Ends with the answer's last chunk or the connection.</summary>
    public async Task<string> Answer()
    {
        using var late = new CancellationTokenSource(Patience);
        var text = "";
        var buffer = new byte[4_096];
        while (!text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await _socket.ReceiveAsync(buffer, late.Token);
            if (read == 0)
                break;
            text += System.Text.Encoding.UTF8.GetString(buffer, 0, read);
        }
        return text;
    }

    public void Dispose() => _socket.Dispose();
}
