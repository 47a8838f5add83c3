using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClearanceEngine.Simulator;

/// <summary>Protects what the memory keeps of declarations: they name people.</summary>
public interface IMemoryCipher
{
    /// <param name="clear">A declaration.</param>
    /// <param name="id">Its id in the memory.</param>
    byte[] Close(ReadOnlySpan<byte> clear, string id);

    /// <exception cref="InvalidDataException">It was closed with another key, or under another id.</exception>
    byte[] Open(byte[] closed, string id);
}

/// <summary>A message that the simulated customs was sent, or a question, as it was taken.</summary>
/// <param name="Body">Message or question.</param>
/// <param name="IsQuestion">What it is.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Serial">The office's serial before it; with both, the answers are the same again.</param>
public sealed record TakenInput(ReadOnlyMemory<byte> Body, bool IsQuestion, DateTimeOffset At, int Serial);

/// <summary>What a memory holds.</summary>
/// <param name="Taken">In the order of taking.</param>
/// <param name="Left">Messages that were sent and not taken, in the order of sending.</param>
public sealed record Recollection(IReadOnlyList<TakenInput> Taken, IReadOnlyList<ReadOnlyMemory<byte>> Left);

/// <summary>
/// What a simulated customs beside the development broker was sent and what it took of that. The broker forgets with its
/// process, which customs does not: without this a parcel that was dispatched before a kill would wait for ever. A line an
/// entry, written to the system at once, so that it outlives the process (not the machine). Two files of bounded size, of
/// which the older is thrown away.
/// </summary>
public sealed class SimulatorMemory : IDisposable
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter<EntryKind>() },
    };

    readonly Lock _lock = new();
    readonly string _current;
    readonly string _older;
    readonly long _fileBytes;
    readonly IMemoryCipher _cipher;
    FileStream _file;

    /// <summary>Opens the memory of a directory, or begins one.</summary>
    /// <param name="directory">Where its files lie.</param>
    /// <param name="bytes">Most bytes of both files together; a single larger entry goes beyond.</param>
    /// <param name="cipher">Protects the declarations.</param>
    public SimulatorMemory(string directory, long bytes, IMemoryCipher cipher)
    {
        (_fileBytes, _cipher) = (bytes / 2, cipher);
        Directory.CreateDirectory(directory);
        _current = Path.Combine(directory, "customs.jsonl");
        _older = Path.Combine(directory, "customs.older.jsonl");
        CutTornLine(_current);
        _file = Append(_current);
    }

    enum EntryKind
    {
        /// <summary>A message was sent.</summary>
        Sent,

        /// <summary>A message was taken and answered.</summary>
        Taken,

        /// <summary>A message was refused as such; nothing of it is to be remembered.</summary>
        Refused,

        /// <summary>A question was answered.</summary>
        Asked,
    }

    /// <param name="Kind">What happened.</param>
    /// <param name="Id">Of the message or question: a hash of its bytes.</param>
    /// <param name="At">When.</param>
    /// <param name="Serial">The office's serial before it.</param>
    /// <param name="Body">The message where it was sent, the question where it was answered; closed.</param>
    sealed record Entry(EntryKind Kind, string Id, DateTimeOffset At, int Serial, byte[]? Body);

    /// <summary>A message leaves for customs.</summary>
    public void Sent(ReadOnlySpan<byte> message, DateTimeOffset at)
    {
        var id = Id(message);
        Write(new(EntryKind.Sent, id, at, 0, _cipher.Close(message, id)));
    }

    /// <summary>A message was taken.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="isRefused">True where customs took nothing of it.</param>
    /// <param name="at">When.</param>
    /// <param name="serial">The office's serial before it.</param>
    public void Took(ReadOnlySpan<byte> message, bool isRefused, DateTimeOffset at, int serial) =>
        Write(new(isRefused ? EntryKind.Refused : EntryKind.Taken, Id(message), at, serial, null));

    /// <summary>A question was answered.</summary>
    public void Answered(ReadOnlySpan<byte> question, DateTimeOffset at, int serial)
    {
        var id = Id(question);
        Write(new(EntryKind.Asked, id, at, serial, _cipher.Close(question, id)));
    }

    /// <summary>All that is remembered.</summary>
    /// <exception cref="InvalidDataException">It was written with another key.</exception>
    public Recollection Recall()
    {
        var sent = new OrderedDictionary<string, byte[]>(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var taken = new List<TakenInput>();
        foreach (var entry in Entries())
        {
            if (entry.Kind == EntryKind.Sent)
                sent[entry.Id] = entry.Body!;
            else if (entry.Kind == EntryKind.Asked)
                taken.Add(new(_cipher.Open(entry.Body!, entry.Id), true, entry.At, entry.Serial));
            else
                done.Add(entry.Id);

            // What was sent before the oldest line is forgotten.
            if (entry.Kind == EntryKind.Taken && sent.TryGetValue(entry.Id, out var body))
                taken.Add(new(_cipher.Open(body, entry.Id), false, entry.At, entry.Serial));
        }
        return new(
            taken,
            [
                .. sent.Where(s => !done.Contains(s.Key))
                    .Select(s => (ReadOnlyMemory<byte>)_cipher.Open(s.Value, s.Key)),
            ]
        );
    }

    public void Dispose() => _file.Dispose();

    void Write(Entry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, Json), (byte)'\n'];
        lock (_lock)
        {
            if (_file.Length > 0 && _file.Length + line.Length > _fileBytes)
                Turn();
            _file.Write(line);
        }
    }

    void Turn()
    {
        _file.Dispose();
        File.Move(_current, _older, overwrite: true);
        _file = Append(_current);
    }

    IEnumerable<Entry> Entries() =>
        new[] { _older, _current }.Where(File.Exists).SelectMany(Lines).Select(Read).OfType<Entry>();

    /// <summary>Null for a line that a full disk cut short: what it told is lost, the rest is not.</summary>
    static Entry? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static IEnumerable<string> Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Unbuffered: what was written is the system's, and stays when the process is killed.</summary>
    static FileStream Append(string path) =>
        new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>A kill may leave the beginning of a line; what comes next must not join it.</summary>
    static void CutTornLine(string path)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var end = file.Length;
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
                break;
        }
        file.SetLength(end);
    }

    static string Id(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
