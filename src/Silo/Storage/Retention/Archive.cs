using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ClearanceEngine.Silo.Storage.Retention;

/// <summary>
/// Rows that left the store, in files: <c>{date of rest}/{name}.jsonl.gz</c> has a row with its journal a line and ends with their number
/// (a file without that end was cut off by a crash, and its rows are still in the store); <c>{name}.keys</c> has their
/// keys, so that a parcel is found without unpacking (grep does it, too). States stay encrypted as they were stored:
/// keys of the ring are needed as long as the archive is.
/// </summary>
sealed class Archive(string directory, IDurableFiles files)
{
    const int BufferSize = 1 << 16;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    sealed record Line(
        string? GrainType,
        string? GrainKey,
        long Version,
        int RestDay,
        byte[]? Payload,
        IReadOnlyList<string>? Names,
        IReadOnlyList<SentEffect>? Sent,
        IReadOnlyList<JournalRow>? Journal,
        int? End
    );

    /// <summary>Of this machine's disk.</summary>
    public Archive(string directory)
        : this(directory, new DurableFiles()) { }

    /// <summary>Writes a file; when this returns it is on the disk, with its name and the directories above it.</summary>
    /// <exception cref="IOException">The disk did not take all of it.</exception>
    public async Task Write(
        IReadOnlyList<RetiredRow> rows,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var day = Path.Combine(directory, $"{Days.Date(rows[0].RestDay):yyyy-MM-dd}");
        Directory.CreateDirectory(day);
        var path = Path.Combine(
            day,
            $"{now.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"
        );

        // The keys first: a file of keys without rows misleads nobody, rows without keys would not be found.
        await Durable($"{path}.keys", file => WriteKeys(file, rows, cancellationToken));
        await Durable($"{path}.jsonl.gz", file => WriteRows(file, rows, cancellationToken));

        // The files' names, the day's name, and that of the archive itself, which may be new.
        files.SyncDirectory(day);
        files.SyncDirectory(directory);
        if (Path.GetDirectoryName(Path.GetFullPath(directory)) is { } above)
            files.SyncDirectory(above);
    }

    static async Task WriteKeys(
        FileStream file,
        IReadOnlyList<RetiredRow> rows,
        CancellationToken cancellationToken
    )
    {
        var keys = string.Concat(rows.Select(r => $"{r.Key.GrainKey}\n"));
        await file.WriteAsync(Encoding.UTF8.GetBytes(keys), cancellationToken);
    }

    static async Task WriteRows(
        FileStream file,
        IReadOnlyList<RetiredRow> rows,
        CancellationToken cancellationToken
    )
    {
        await using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
        foreach (var row in rows)
            await Put(
                new Line(
                    row.Key.GrainType,
                    row.Key.GrainKey,
                    row.Version,
                    row.RestDay,
                    row.Payload,
                    row.IndexKeys,
                    row.Sent,
                    row.Journal,
                    null
                )
            );
        await Put(new Line(null, null, 0, 0, null, null, null, null, rows.Count));

        async Task Put(Line line)
        {
            await JsonSerializer.SerializeAsync(packed, line, Json, cancellationToken);
            packed.WriteByte((byte)'\n');
        }
    }

    /// <summary>The newest row of a grain, or null. A row that was put back and left again is in several files.</summary>
    /// <exception cref="InvalidDataException">A file that should have it is cut off or damaged.</exception>
    public async Task<RetiredRow?> Find(string grainKey, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
            return null;
        RetiredRow? newest = null;
        string? broken = null;
        foreach (var keys in Directory.EnumerateFiles(directory, "*.keys", SearchOption.AllDirectories))
        {
            if (!await Has(keys, grainKey, cancellationToken))
                continue;
            var path = Path.ChangeExtension(keys, ".jsonl.gz");
            if (await Read(path, cancellationToken) is not { } rows)
                broken = path;
            else if (
                rows.Where(r => r.Key.GrainKey == grainKey).MaxBy(r => r.Version) is { } row
                && (newest is null || row.Version > newest.Version)
            )
                newest = row;
        }
        return newest
            ?? (
                broken is null
                    ? null
                    : throw new InvalidDataException(
                        $"{broken} should have {grainKey} and has no end. If a crash cut it off, the row is still in the store ('state show'); if the file was damaged later, take it from a backup."
                    )
            );
    }

    /// <summary>The rows of a file; null when it has no end.</summary>
    public static async Task<IReadOnlyList<RetiredRow>?> Read(
        string path,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path))
            return null;
        var rows = new List<RetiredRow>();
        try
        {
            await using var file = File.OpenRead(path);
            await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            using var reader = new StreamReader(unpacked, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken) is { } text)
            {
                var line = JsonSerializer.Deserialize<Line>(text, Json)!;
                if (line.End is { } end)
                    return end == rows.Count ? rows : null;
                rows.Add(
                    new RetiredRow(
                        new RowKey(line.GrainType!, line.GrainKey!),
                        line.Version,
                        line.RestDay,
                        line.Payload!,
                        line.Names!,
                        line.Sent!,
                        line.Journal ?? []
                    )
                );
            }
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            // Cut off in the middle of a line or of a packed block.
        }
        return null;
    }

    static async Task<bool> Has(string keys, string grainKey, CancellationToken cancellationToken)
    {
        await foreach (var line in File.ReadLinesAsync(keys, cancellationToken))
        {
            if (line == grainKey)
                return true;
        }
        return false;
    }

    async Task Durable(string path, Func<FileStream, Task> write)
    {
        await using var file = new FileStream(
            path,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read,
            BufferSize,
            FileOptions.Asynchronous
        );
        await write(file);
        await file.FlushAsync();
        files.SyncFile(file);
    }
}
