using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Bench.Feed;

/// <summary>Parcels made ahead, so that making them costs nothing while it is measured.</summary>
sealed class Stock(FeedOptions options)
{
    /// <summary>Parcels are made in blocks; the 9610 ones of a block come in common inbound notes, so that only whole blocks have all their documents.</summary>
    public const int Block = 64;

    const int NotesUpTo = 20;

    static readonly DateTimeOffset At = new(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset);

    readonly Lock _lock = new();
    readonly List<FedParcel> _parcels = [];

    /// <summary>By number, as documents name them.</summary>
    public static Lane[] Lanes { get; } = MakeLanes();

    /// <summary>A parcel by its number; made now if nobody made it before.</summary>
    public FedParcel this[int serial]
    {
        get
        {
            lock (_lock)
            {
                if (_parcels.Count <= serial)
                    Fill(serial + 1);
                return _parcels[serial];
            }
        }
    }

    /// <summary>Makes so many parcels, less what was made before.</summary>
    public void Fill(int count)
    {
        lock (_lock)
        {
            var first = _parcels.Count;
            var blocks = new FedParcel[Math.Max(0, count - first + Block - 1) / Block][];
            Parallel.For(0, blocks.Length, i => blocks[i] = Make(first + (i * Block)));
            foreach (var block in blocks)
                _parcels.AddRange(block);
        }
    }

    static Lane[] MakeLanes()
    {
        var (bonded, direct) = (Sample(0, "1210", 0), Sample(0, "9610", 0));
        return
        [
            Lane.Of(bonded.Order()),
            Lane.Of(bonded.Payment()),
            Lane.Of(bonded.Waybill()),
            Lane.Of(bonded.List()),
            Lane.Of(direct.List()),
            Lane.Of(direct.InboundNote()),
        ];
    }

    static SampleParcel Sample(int serial, string mode, int person) =>
        new()
        {
            OrderNo = $"BENCH{serial:D9}",
            Mode = mode,
            Person = person,
            Serial = $"{serial:D9}",
            At = At,
        };

    FedParcel[] Make(int first)
    {
        var random = new Random(first);
        var samples = Enumerable
            .Range(first, Block)
            .Select(serial =>
                Sample(
                    serial,
                    random.NextDouble() < options.DirectShare ? "9610" : "1210",
                    serial % options.People
                )
            )
            .ToArray();
        var documents = samples
            .Select(
                (s, i) =>
                {
                    int[] serials = [first + i];
                    return new List<FedDocument>
                    {
                        new(0, Lane.Content(s.Order()), serials),
                        new(1, Lane.Content(s.Payment()), serials),
                        new(2, Lane.Content(s.Waybill()), serials),
                        new(s.Mode == "1210" ? 3 : 4, Lane.Content(s.List()), serials),
                    };
                }
            )
            .ToArray();
        int[] direct = [.. Enumerable.Range(0, Block).Where(i => samples[i].Mode == "9610")];
        for (var from = 0; from < direct.Length; )
        {
            var members = direct
                .AsSpan(from, Math.Min(random.Next(1, NotesUpTo + 1), direct.Length - from))
                .ToArray();
            from += members.Length;
            var note = samples[members[0]].InboundNote([.. members.Skip(1).Select(m => samples[m])]);
            documents[members[^1]]
                .Add(new FedDocument(5, Lane.Content(note), [.. members.Select(m => first + m)]));
        }
        return
        [
            .. samples.Select(
                (s, i) => new FedParcel(first + i, [.. documents[i]], s.Mode == "9610" ? 5 : 4)
            ),
        ];
    }
}
