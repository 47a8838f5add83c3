using System.Globalization;
using System.Reflection;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The schema scripts that are part of the assembly: <c>Sql/{database}/NNN_name.sql</c>, applied in order.</summary>
static class Migrations
{
    public static IReadOnlyList<(int Version, string Name, string Sql)> For(string database)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"ClearanceEngine.Silo.Storage.Sql.{database}.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
                .Select(n => (int.Parse(n.AsSpan(prefix.Length, 3), CultureInfo.InvariantCulture), n[prefix.Length..], Read(assembly, n)))
                .OrderBy(m => m.Item1),
        ];
    }

    /// <summary>Refuses a database that a newer version of the engine has changed.</summary>
    public static void RefuseNewer(string database, int found, int known)
    {
        if (found > known)
            throw new InvalidOperationException($"The {database} database has schema version {found}, this engine knows {known}: start the newer engine, or restore a database of its version.");
    }

    static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
