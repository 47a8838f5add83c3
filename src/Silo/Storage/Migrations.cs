using System.Globalization;
using System.Reflection;

namespace ClearanceEngine.Silo.Storage;

/// <summary>A schema script. It enters itself in the table schema_version, so that it may be run by hand (psql) as well.</summary>
sealed record Migration(int Version, string Name, string Sql);

/// <summary>The schema scripts that are part of the assembly: <c>Sql/{database}/NNN_name.sql</c>, applied in order.</summary>
static class Migrations
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
                .Select(n => new Migration(
                    int.Parse(n.AsSpan(prefix.Length, 3), CultureInfo.InvariantCulture),
                    n[prefix.Length..],
                    Read(assembly, n)
                ))
                .OrderBy(m => m.Version),
        ];
    }

    /// <summary>Refuses a database that a newer version of the engine has changed.</summary>
    /// <exception cref="NotSupportedException">It is newer.</exception>
    public static void RefuseNewer(string database, string place, int found)
    {
        var known = For(database)[^1].Version;
        if (found > known)
            throw new NotSupportedException(
                $"{place} has schema version {found}, this engine knows {known}: start the newer engine, or restore a database of its version."
            );
    }

    static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
