namespace ClearanceEngine.Bench.Rig;

/// <summary>What a rig gives to the program that is measured.</summary>
/// <param name="Directory">For its files.</param>
/// <param name="BootstrapServers">Of Kafka.</param>
/// <param name="Database">Connection string of PostgreSQL.</param>
/// <param name="Number">Of the process, from 1.</param>
sealed record Place(
    string Directory,
    string BootstrapServers,
    string Database,
    int Number,
    RigOptions Options
);

/// <summary>A program that does the work of the engine.</summary>
/// <param name="Name">As in the table and the JSON.</param>
/// <param name="What">In words.</param>
/// <param name="Program">Makes the process, not yet started.</param>
/// <param name="SmallestWindow">Parcels that may wait however slow it is; enough for full batches.</param>
/// <param name="MostAtFirst">Parcels a second that the search for its rate begins with at most.</param>
sealed record Member(
    string Name,
    string What,
    Func<Place, EngineProcess> Program,
    int SmallestWindow = 1_000,
    double MostAtFirst = double.PositiveInfinity
);
