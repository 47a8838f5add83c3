using System.Diagnostics.Metrics;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Counts of a silo's signing; no key and no message is named.</summary>
sealed class SigningMetrics : IDisposable
{
    public const string Name = "ClearanceEngine.Signing";

    readonly Meter _meter = new(Name);
    readonly Counter<long> _signed;
    readonly Counter<long> _failed;
    readonly Counter<long> _refused;
    readonly Histogram<double> _duration;

    public SigningMetrics(Func<int> waiting, Func<int> sessions, Func<int> hung, Func<int> permits)
    {
        _signed = _meter.CreateCounter<long>("signing.signatures", "{signature}", "Signatures made.");
        _failed = _meter.CreateCounter<long>(
            "signing.session.failures",
            "{failure}",
            "Sessions that failed and were closed."
        );
        _refused = _meter.CreateCounter<long>(
            "signing.refused",
            "{signature}",
            "Signatures that could not be made in time; the caller tries again."
        );
        _duration = _meter.CreateHistogram<double>(
            "signing.duration",
            "ms",
            "From asking to signed, waiting included."
        );
        _meter.CreateObservableGauge(
            "signing.waiting",
            waiting,
            "{signature}",
            "Signatures that wait for a session."
        );
        _meter.CreateObservableGauge("signing.sessions", sessions, "{session}", "Sessions open.");
        _meter.CreateObservableGauge(
            "signing.sessions.hung",
            hung,
            "{session}",
            "Sessions that hang in the device; they keep their permits."
        );
        _meter.CreateObservableGauge(
            "signing.permits",
            permits,
            "{session}",
            "Sessions that the pool lets this silo have."
        );
    }

    public void Signed(TimeSpan took)
    {
        _signed.Add(1);
        _duration.Record(took.TotalMilliseconds);
    }

    public void SessionFailed() => _failed.Add(1);

    public void Refused() => _refused.Add(1);

    public void Dispose() => _meter.Dispose();
}
