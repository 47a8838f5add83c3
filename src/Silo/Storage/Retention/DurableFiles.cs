using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClearanceEngine.Silo.Storage.Retention;

/// <summary>
/// What makes a file outlive a power cut: its bytes on the disk, and its name in the directory on the disk as well. Without
/// the latter a file system may come back without a file whose bytes it had.
/// </summary>
interface IDurableFiles
{
    /// <exception cref="IOException">The disk did not take it.</exception>
    void SyncFile(FileStream file);

    /// <summary>The names of the files in it.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    void SyncDirectory(string path);
}

/// <summary>The disk of this machine. Windows keeps names by itself.</summary>
sealed class DurableFiles : IDurableFiles
{
    const int ReadOnly = 0;

    public void SyncFile(FileStream file) => file.Flush(flushToDisk: true);

    public void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        var directory = Open(path, ReadOnly);
        if (directory < 0)
            throw Refused(path);
        try
        {
            if (Sync(directory) != 0)
                throw Refused(path);
        }
        finally
        {
            _ = Close(directory);
        }
    }

    static IOException Refused(string path) =>
        new(
            $"The directory {path} cannot be made durable: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}. Check that it is there and its disk is well."
        );

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    static extern int Close(int file);
}
