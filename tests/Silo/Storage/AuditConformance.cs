using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What the audit trail promises, whatever the database.</summary>
public abstract class AuditConformance : StorageTest
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    internal static AuditQuery All { get; } = new(null, null, null, null, null, null, 100);

    [Fact]
    public async Task An_entry_is_read_as_it_was_written()
    {
        var asked = Entry(1) with
        {
            Reason = "退货 returned",
            Detail = "order 7",
            Outcome = AuditOutcome.Asked,
        };
        var refused = asked with { Id = Id(2), Outcome = AuditOutcome.Refused, Code = "wrong-state" };
        await Append(asked, refused);

        Assert.Equal([refused.Line(), asked.Line()], await Find(All));
    }

    [Fact]
    public async Task An_entry_that_is_written_twice_is_there_once_and_as_it_was_first()
    {
        await Append(Entry(1));
        await Append(Entry(1) with { Actor = "another" }, Entry(2));

        Assert.Equal([Entry(2).Line(), Entry(1).Line()], await Find(All));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_is_there_once_when_its_connection_was_lost(bool afterwards)
    {
        if (afterwards)
            Silo.Database.LoseAfter(1);
        else
            Silo.Database.LoseBefore(1);
        await using var trail = Silo.Trail();

        await trail.Add(Entry(1), TestContext.Current.CancellationToken);

        Assert.Equal([Entry(1).Line()], await trail.Find(All, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_without_a_double_where_many_are_of_one_moment()
    {
        var all = Enumerable
            .Range(1, 25)
            .Select(i => Entry(i) with { At = Noon.AddSeconds(i / 10) })
            .ToArray();
        await Append(all);

        var read = new List<AuditLine>();
        AuditPlace? before = null;
        while (await Find(All with { Before = before, Limit = 7 }) is { Count: > 0 } page)
        {
            read.AddRange(page);
            before = new AuditPlace(page[^1].At.ToUnixTimeMilliseconds(), page[^1].Id);
        }

        Assert.Equal(all.Length, read.Count);
        Assert.Equal(all.Select(e => e.Id).Order(), read.Select(e => e.Id).Order());
        Assert.Equal(read.Select(e => e.At).OrderDescending(), read.Select(e => e.At));
    }

    [Fact]
    public async Task Entries_are_found_by_who_what_and_when()
    {
        var other = Entry(2) with
        {
            Actor = "auditor",
            Right = Right.ReadQuota,
            Subject = AuditSubject.Person("0a1b"),
            At = Noon.AddHours(1),
        };
        await Append(Entry(1), other, Entry(3));

        Assert.Equal([other.Line()], await Find(All with { Actor = "auditor" }));
        Assert.Equal([other.Line()], await Find(All with { Subject = AuditSubject.Person("0a1b") }));
        Assert.Equal([other.Line()], await Find(All with { Right = Right.ReadQuota }));
        Assert.Equal([other.Line()], await Find(All with { Since = Noon.AddMinutes(1) }));
        Assert.Equal([Entry(3).Line(), Entry(1).Line()], await Find(All with { Until = Noon.AddMinutes(1) }));
        Assert.Empty(await Find(All with { Actor = "operator", Right = Right.ReadQuota }));
    }

    [Fact]
    public async Task What_a_newer_build_wrote_is_shown_as_it_stands()
    {
        var line = Entry(1).Line() with
        {
            Right = "parcels:teleport",
            Outcome = "dreamt",
            ActorKind = "oracle",
        };
        await Silo.Database.AppendAudit([line]);

        Assert.Equal([line], await Find(All));
    }

    [Theory]
    [InlineData("UPDATE audit_entry SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit_entry")]
    public async Task An_entry_is_neither_changed_nor_removed(string statement)
    {
        await Append(Entry(1));

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Database.Run([statement]));

        Assert.Contains("neither changed nor removed", error.Message, StringComparison.Ordinal);
        Assert.Equal([Entry(1).Line()], await Find(All));
    }

    Task Append(params AuditEntry[] entries) => Silo.Database.AppendAudit([.. entries.Select(e => e.Line())]);

    Task<IReadOnlyList<AuditLine>> Find(AuditQuery query) => Silo.Database.FindAudit(query);

    internal static AuditEntry Entry(int number) =>
        new(
            Id(number),
            Id(1_000),
            Noon,
            "operator",
            CallerKind.Account,
            Right.CloseParcels,
            AuditSubject.Parcel("9999900001", "ORD-1"),
            null,
            "192.0.2.7",
            null,
            AuditOutcome.Done,
            null
        );

    static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
