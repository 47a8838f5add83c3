using System.Diagnostics.Metrics;
using ClearanceEngine.Silo.Intake;

namespace ClearanceEngine.Silo.Door;

/// <summary>What the door did not take, in the engine's meter.</summary>
static class DoorMetrics
{
    static readonly Meter Meter = new(EngineMetrics.Name);
    static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>(
        "door.refused",
        "{request}",
        "Requests that met a bound of the door, by the code of their problem."
    );

    static readonly Counter<long> ClosedConnections = Meter.CreateCounter<long>(
        "door.connections.closed",
        "{connection}",
        "Connections that were closed without an answer: too many of one client, or silent since they opened."
    );

    static BodyPlaces? s_places;

    static DoorMetrics()
    {
        Meter.CreateObservableGauge(
            "door.bodies",
            () => s_places?.Count ?? 0,
            "{body}",
            "Bodies that are read, or held until Kafka has them."
        );
        Meter.CreateObservableGauge(
            "door.bodies.bytes",
            () => s_places?.Bytes ?? 0,
            "By",
            "Their bytes, as they were announced."
        );
    }

    /// <summary>Shows what these places hold.</summary>
    public static void Watch(BodyPlaces places) => s_places = places;

    public static void Refused(ProblemCode code) =>
        RefusedRequests.Add(1, new KeyValuePair<string, object?>("code", code.Text));

    /// <param name="reason"><c>too-many</c> or <c>silent</c>.</param>
    public static void Closed(string reason) =>
        ClosedConnections.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
