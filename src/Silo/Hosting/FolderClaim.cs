using ClearanceEngine.Silo.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The SQLite database's folder, claimed for one engine as long as its process lives: a second one would answer from a
/// memory that the first has made stale. The claim is a locked file, which a killed process gives up too.
/// </summary>
static class FolderClaim
{
    const string LockFile = "engine.lock";

    /// <summary>Claims the folder of a SQLite database; null where silos share a server's.</summary>
    /// <exception cref="FolderTakenException">Another engine has it.</exception>
    public static IDisposable? Of(StorageOptions storage) =>
        storage.Provider == StorageProvider.Sqlite ? Take(storage.ConnectionString) : null;

    /// <summary>Claims the folder until the result is disposed.</summary>
    /// <param name="connectionString">Of the SQLite database.</param>
    /// <exception cref="FolderTakenException">Another engine has it.</exception>
    public static IDisposable Take(string connectionString)
    {
        var path = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        return TakeFolder(folder);
    }

    /// <summary>Whether an engine runs on the database of a folder.</summary>
    /// <exception cref="FolderTakenException">One does.</exception>
    public static void RefuseTaken(string folder)
    {
        if (Directory.Exists(folder))
            TakeFolder(folder).Dispose();
    }

    static FileStream TakeFolder(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, LockFile),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e)
        {
            throw new FolderTakenException(folder, e);
        }
    }
}

/// <summary>Two engines cannot share a SQLite database.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="inner">What the system said.</param>
sealed class FolderTakenException(string folder, IOException inner)
    : IOException(
        $"{folder} 正被另一引擎使用。Another engine runs on the database in {folder}; end it, or give this one a folder of its own by --Engine:DataDirectory. Several engines on one database need Storage:Provider=PostgreSql.",
        inner
    );
