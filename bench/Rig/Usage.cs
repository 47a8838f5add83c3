namespace ClearanceEngine.Bench.Rig;

/// <summary>Everything that was used up to a moment; the difference of two is what a phase cost.</summary>
/// <param name="App">Seconds of processor time of engines or peer.</param>
/// <param name="Postgres">Of PostgreSQL.</param>
/// <param name="Broker">Of Kafka; none for a development broker, which lives in the harness.</param>
/// <param name="Customs">Of the customs side.</param>
/// <param name="Harness">Of feed and observer.</param>
/// <param name="Database">What was written.</param>
/// <param name="Allocated">Bytes allocated by engines or peer.</param>
/// <param name="Messages">Messages between grains: within a process, and between processes.</param>
/// <param name="Resident">Resident bytes of engines or peer, at this moment.</param>
sealed record Usage(
    double App,
    double Postgres,
    double Broker,
    double Customs,
    double Harness,
    DatabaseUsage Database,
    long Allocated,
    (long Local, long Remote) Messages,
    long Resident
)
{
    public Usage Since(Usage before) =>
        new(
            App - before.App,
            Postgres - before.Postgres,
            Broker - before.Broker,
            Customs - before.Customs,
            Harness - before.Harness,
            Database - before.Database,
            Allocated - before.Allocated,
            (Messages.Local - before.Messages.Local, Messages.Remote - before.Messages.Remote),
            Resident
        );

    public Usage And(Usage other) =>
        new(
            App + other.App,
            Postgres + other.Postgres,
            Broker + other.Broker,
            Customs + other.Customs,
            Harness + other.Harness,
            new(
                Database.Rows + other.Database.Rows,
                Database.Transactions + other.Database.Transactions,
                Database.WalBytes + other.Database.WalBytes,
                Database.Syncs + other.Database.Syncs
            ),
            Allocated + other.Allocated,
            (Messages.Local + other.Messages.Local, Messages.Remote + other.Messages.Remote),
            Math.Max(Resident, other.Resident)
        );
}
