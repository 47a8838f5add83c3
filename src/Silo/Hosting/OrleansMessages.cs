using System.Diagnostics.Metrics;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Messages between grains since the start, as Orleans counts them; read on demand, so that nobody pays for it otherwise.</summary>
static class OrleansMessages
{
    const string Within = "orleans-messaging-sent-local", Between = "orleans-messaging-sent-messages-size-count";

    static readonly object Lock = new();
    static readonly Dictionary<string, long> Found = new(StringComparer.Ordinal);
    static readonly MeterListener Listener = Listen();

    /// <summary>Messages that stayed in this process, and those that left it for others.</summary>
    public static (long Local, long Remote) Sent
    {
        get
        {
            lock (Lock)
            {
                Found.Clear();
                Listener.RecordObservableInstruments();
                return (Found.GetValueOrDefault(Within), Found.GetValueOrDefault(Between));
            }
        }
    }

    static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.IsObservable && instrument.Name is Within or Between) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Found[instrument.Name] = Found.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
        return listener;
    }
}
