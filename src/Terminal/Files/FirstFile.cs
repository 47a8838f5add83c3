namespace ClearanceEngine.Terminal.Files;

/// <summary>
/// A file that several processes may make at once, of which the first one's stays. Whole or not at all, readable by its
/// owner only, and never written over by who did not read it: a move that must not overwrite looks first and moves then, and
/// another process may come between the two, so a locked file beside it lets in one at a time. A killed process gives up the
/// lock, too.
/// </summary>
public static class FirstFile
{
    const int ClaimTries = 500;
    static readonly TimeSpan ClaimPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes the file, unless it is there; whoever needs its content reads it afterwards.</summary>
    /// <exception cref="IOException">It cannot be written, or another process has held the claim for 5 s.</exception>
    public static void Make(string path, Func<byte[]> content)
    {
        using var claim = Claim($"{path}.lock");
        if (!File.Exists(path))
            Write(path, content(), overwrite: false);
    }

    /// <summary>Makes the file, or puts another in its place.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="change">Is given what it holds, null where it is not there; says what it is to hold, null to leave it.</param>
    /// <exception cref="IOException">It cannot be read or written, or another process has held the claim for 5 s.</exception>
    public static void Change(string path, Func<byte[]?, byte[]?> change)
    {
        using var claim = Claim($"{path}.lock");
        if (change(File.Exists(path) ? File.ReadAllBytes(path) : null) is { } content)
            Write(path, content, overwrite: true);
    }

    static void Write(string path, byte[] content, bool overwrite)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite);
        }
        finally
        {
            // It is gone where it was moved; else a secret would stay behind under a name that nobody looks for.
            File.Delete(draft);
        }
    }

    static FileStream Claim(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(
                    path,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    bufferSize: 1,
                    FileOptions.DeleteOnClose
                );
            }
            catch (IOException) when (tries < ClaimTries)
            {
                Thread.Sleep(ClaimPause);
            }
        }
    }
}
