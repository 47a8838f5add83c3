using System.Globalization;

namespace ClearanceEngine.Bench.Rig;

/// <summary>What processes have used, as the kernel counts it.</summary>
static class ProcessUsage
{
    /// <summary>Linux shows processor times in hundredths of a second, whatever its own clock is (USER_HZ).</summary>
    const double TicksPerSecond = 100;

    static readonly long PageSize = Environment.SystemPageSize;

    /// <summary>Seconds of processor time of one process.</summary>
    public static double Cpu(int id) => Stat(id) is { } stat ? (stat.Own + 0d) / TicksPerSecond : 0;

    /// <summary>Seconds of a process, of its children that ended and of those that run.</summary>
    public static double CpuOfTree(int id)
    {
        if (Stat(id) is not { } stat)
            return 0;
        var ticks = stat.Own + stat.Ended;
        foreach (var child in Children(id))
            ticks += Stat(child) is { } s ? s.Own + s.Ended : 0;
        return ticks / TicksPerSecond;
    }

    /// <summary>Resident bytes of a process; of PostgreSQL's backends it would count shared buffers again and again.</summary>
    public static long Resident(int id) => Stat(id)?.ResidentPages * PageSize ?? 0;

    static IEnumerable<int> Children(int id) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(d =>
                int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var child) ? child : 0
            )
            .Where(child => child > 0 && Stat(child)?.Parent == id);

    static (int Parent, long Own, long Ended, long ResidentPages)? Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The second field is the program's name in brackets and may hold anything; fields count from the one behind it.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return ((int)Field(4), Field(14) + Field(15), Field(16) + Field(17), Field(24));
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }
}
