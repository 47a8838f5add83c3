using System.Runtime.InteropServices;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Ctrl-C, SIGTERM and SIGQUIT while no host listens for them yet.</summary>
sealed class EndSignals : IDisposable
{
    readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly PosixSignalRegistration[] _registrations;

    public EndSignals() =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, End),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, End),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, End),
        ];

    /// <summary>Ends with the first signal.</summary>
    public Task Told => _told.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        _told.TrySetResult();
    }
}
