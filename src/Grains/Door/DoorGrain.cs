using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using Orleans.Concurrency;

namespace ClearanceEngine.Door;

/// <summary>What intake did with one document of a message that came by HTTP.</summary>
[GenerateSerializer, Immutable, Alias("clearance.door.document")]
public sealed record DocumentAnswer(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] CebDocument Document,
    [property: Id(2)] SubmissionReply Reply
);

/// <summary>What intake did with a message.</summary>
/// <param name="Documents">One for each document, in order; empty when the message was refused as a whole.</param>
/// <param name="Code">Why it was refused as a whole, or null.</param>
/// <param name="Text">The same for people.</param>
[GenerateSerializer, Immutable, Alias("clearance.door.answer")]
public sealed record DoorAnswer(
    [property: Id(0)] ImmutableArray<DocumentAnswer> Documents,
    [property: Id(1)] ProblemCode? Code = null,
    [property: Id(2)] string? Text = null
);

/// <summary>Where answers for this process are waited for.</summary>
public interface IDoorBell
{
    void Ring(string correlation, DoorAnswer answer);
}

/// <summary>The way back from intake, on whatever silo, to the silo whose HTTP door waits; key: <see cref="DoorPlacement.Key"/>.</summary>
[Alias("clearance.door")]
public interface IDoorGrain : IGrainWithStringKey
{
    [Alias("answer")]
    Task Answer(string correlation, DoorAnswer answer);

    /// <summary>Whoever asks learns that this silo answers and can do its work.</summary>
    /// <exception cref="Exception">The database takes no writes from it.</exception>
    [Alias("is-here")]
    Task IsHere();
}

/// <summary>Reentrant: answers go on while the database keeps a question waiting.</summary>
[DoorPlacement, Reentrant]
public sealed class DoorGrain(IDoorBell bell, IWriteProbe database) : Grain, IDoorGrain
{
    public Task Answer(string correlation, DoorAnswer answer)
    {
        bell.Ring(correlation, answer);
        return Task.CompletedTask;
    }

    public Task IsHere() => database.Ask();
}
