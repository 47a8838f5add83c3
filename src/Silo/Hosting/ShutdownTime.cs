using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// How long the host may take to stop: what each step may take, one after the other. The door closes, the feeds drain side by side,
/// the dispatcher finishes, the signer gives its permits back, the silo leaves. With less, the last steps would be cut, which is a crash for whoever waits for the silo.
/// </summary>
static class ShutdownTime
{
    /// <summary>After its drain a feed commits and leaves its group.</summary>
    public static readonly TimeSpan LeavingGroup = TimeSpan.FromSeconds(5);

    /// <summary>After the stop each of the two producers may still hand over what it holds.</summary>
    public static readonly TimeSpan Flushing = TimeSpan.FromSeconds(10);

    public static TimeSpan Of(
        EngineOptions engine,
        DoorOptions door,
        IntakeOptions intake,
        DispatchOptions dispatch
    ) =>
        door.CloseTime
        + intake.DrainTime
        + LeavingGroup
        + dispatch.DrainTime
        + TokenSigner.StopTime
        + engine.SiloStopTime;

    public static void AddShutdown(this IServiceCollection services) =>
        services
            .AddOptions<HostOptions>()
            .Configure<EngineOptions, DoorOptions, IntakeOptions, DispatchOptions>(
                (host, engine, door, intake, dispatch) =>
                    host.ShutdownTimeout = Of(engine, door, intake, dispatch)
            );
}
