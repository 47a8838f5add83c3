using System.Diagnostics.Metrics;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Messages between grains since it was first asked, as Orleans counts them.</summary>
static class OrleansMessages
{
    const string Within = "orleans-messaging-sent-local",
        Between = "orleans-messaging-sent-messages-size";

    static readonly object Lock = new();
    static readonly MeterListener Listener = Listen();
    static long s_local,
        s_remote;

    /// <summary>Messages that stayed in this process, and those that left it for others.</summary>
    public static (long Local, long Remote) Sent
    {
        get
        {
            lock (Lock)
            {
                s_local = 0;
                Listener.RecordObservableInstruments();
                return (s_local, Interlocked.Read(ref s_remote));
            }
        }
    }

    static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name is Within or Between)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        // A sum that Orleans keeps itself, and the size of each message that leaves.
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => s_local += value);
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref s_remote));
        listener.Start();
        return listener;
    }
}
