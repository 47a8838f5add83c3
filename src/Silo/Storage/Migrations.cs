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

    /// <summary>The version that this engine's scripts make.</summary>
    public static SchemaVersion Known(string database)
    {
        var last = For(database)[^1];
        return new SchemaVersion(last.Major, last.Number);
    }

    /// <summary>Tells of a newer minor version, with which this engine runs, and refuses a newer major one.</summary>
    /// <exception cref="SchemaTooNewException">A newer major version.</exception>
    public static void Check(SchemaVersion found, SchemaVersion known, string place, Action<SchemaNews> tell)
    {
        if (found.Major > known.Major)
            throw new SchemaTooNewException(
                $"{place} has schema {found}; this engine knows {known} and cannot work with a newer major version, which took away what it uses. Start an engine of major version {found.Major}, or restore a backup of the database from before the upgrade (docs/upgrading.md). 数据库结构的主版本较新，请启动相应版本的引擎，或恢复升级前的备份。"
            );
        if (found.Minor > known.Minor)
            tell(new SchemaNews.Newer(found, known));
    }

    /// <summary>A script's first lines may say <c>-- Major: N</c>; without, its major version is 1.</summary>
    internal static Migration Parse(string name, string sql)
    {
        var number = int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture);
        var major = MajorLine().Match(sql) is { Success: true } line
            ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : 1;
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
