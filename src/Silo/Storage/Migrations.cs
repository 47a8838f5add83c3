using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// A version of the schema. Within a major version every engine runs beside every other: what a newer minor adds, an
/// older engine need not know. A new major takes something away that older engines use (ADR 013).
/// </summary>
public readonly record struct SchemaVersion(int Major, int Minor)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}

/// <summary>A schema script. It enters itself in the database when it is done, so that it may be run by hand (psql) as well.</summary>
/// <param name="Number">Its place in the order; the minor version that it makes.</param>
/// <param name="Major">The major version that it makes.</param>
/// <param name="Name">Its file.</param>
/// <param name="Sql">What it does.</param>
/// <param name="Indexes">Indexes that it builds while others write; such a script runs outside a transaction.</param>
sealed record Migration(int Number, int Major, string Name, string Sql, IReadOnlyList<string> Indexes)
{
    /// <summary>All or nothing; false for a script whose indexes are built beside the work that goes on.</summary>
    public bool InTransaction => Indexes.Count == 0;

    /// <summary>Its statements, each to be sent by itself. A semicolon at the end of a line ends one.</summary>
    public IEnumerable<string> Statements =>
        Sql.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What a database says of its schema.</summary>
/// <param name="Applied">Numbers of the scripts that were run.</param>
/// <param name="Version">Its version; 0.0 for an empty database.</param>
sealed record SchemaState(IReadOnlySet<int> Applied, SchemaVersion Version)
{
    /// <summary>Of a database of the first edition, which counted its scripts in a table that is no more, schema_version.</summary>
    public static SchemaState FirstEdition { get; } = Of([(0, 1)]);

    /// <param name="steps">What the scripts have entered: number and major version.</param>
    public static SchemaState Of(IReadOnlyCollection<(int Number, int Major)> steps) =>
        new(
            steps.Select(s => s.Number).ToHashSet(),
            steps.Count == 0 ? default : new(steps.Max(s => s.Major), steps.Max(s => s.Number))
        );
}

/// <summary>The schema scripts that are part of the assembly: <c>Sql/{database}/NNN_name.sql</c>, applied in order.</summary>
static partial class Migrations
{
    /// <summary>Of this edition's first script. What the first edition left behind is of major version 1.</summary>
    const int FirstMajor = 2;

    public static IReadOnlyList<Migration> For(string database)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"ClearanceEngine.Silo.Storage.Sql.{database}.";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
                .Select(n => Parse(n[prefix.Length..], Read(assembly, n)))
                .OrderBy(m => m.Number),
        ];
    }

    /// <summary>The version that the scripts make.</summary>
    public static SchemaVersion Known(IReadOnlyList<Migration> scripts) =>
        new(scripts.Max(s => s.Major), scripts.Max(s => s.Number));

    /// <summary>Refuses a database with which no engine of these scripts can work, before anything of it is touched.</summary>
    /// <exception cref="SchemaVersionException">A newer major version, or one that is older than the first script.</exception>
    public static void Refuse(SchemaVersion found, IReadOnlyList<Migration> scripts, string place)
    {
        var known = Known(scripts);
        if (found.Major > known.Major)
            throw new SchemaVersionException(
                $"数据库结构的主版本较新，请启动相应版本的引擎，或恢复升级前的备份。{place} has schema {found}; this engine knows {known} and cannot work with a newer major version, which took away what it uses. Start an engine of major version {found.Major}, or restore a backup of the database from before the upgrade (docs/upgrading.md)."
            );
        if (found.Major > 0 && found.Major < scripts[0].Major)
            throw new SchemaVersionException(
                $"数据库由旧主版本的引擎创建，其中的数据无法沿用，请改用一个新的空数据库。{place} has schema {found}, which this engine ({known}) does not carry over; it was left as it is. Start with a new, empty database (Storage:ConnectionString; with the embedded SQLite, another Engine:DataDirectory), or go on with the engine that made it (docs/upgrading.md)."
            );
    }

    /// <summary>Tells of a newer minor version, with which this engine runs.</summary>
    public static void TellNewer(
        SchemaVersion found,
        IReadOnlyList<Migration> scripts,
        Action<SchemaNews> tell
    )
    {
        var known = Known(scripts);
        if (found.Minor > known.Minor)
            tell(new SchemaNews.Newer(found, known));
    }

    /// <summary>A script's first lines may say <c>-- Major: N</c>; without, it is of the major version that was there first.</summary>
    internal static Migration Parse(string name, string sql)
    {
        var number = int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture);
        var major = MajorLine().Match(sql) is { Success: true } line
            ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : FirstMajor;
        return new Migration(
            number,
            major,
            name,
            sql,
            [.. ConcurrentIndex().Matches(sql).Select(m => m.Groups[1].Value)]
        );
    }

    static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^-- Major: (\d+)$", RegexOptions.Multiline)]
    private static partial Regex MajorLine();

    [GeneratedRegex(@"INDEX CONCURRENTLY IF NOT EXISTS (\w+)")]
    private static partial Regex ConcurrentIndex();
}
