using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Terminal.Files;

namespace ClearanceEngine.Client.SignIn;

/// <summary>Who may read a file with a secret.</summary>
enum FileReaders
{
    /// <summary>Its owner.</summary>
    Owner,

    /// <summary>Its owner and its group: as a secret is mounted into a container that does not run as root.</summary>
    OwnerAndGroup,
}

/// <summary>
/// Files that hold secrets. One that others may read is refused, as ssh refuses a key: whoever is on the machine could have read
/// it, and the one whose secret it is should know. On Windows a file of the profile is its user's own.
/// </summary>
static class PrivateFile
{
    /// <summary>More is no file of ours.</summary>
    const int MostBytes = 1024 * 1024;

    const UnixFileMode OfOthers =
        UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute
        | UnixFileMode.GroupWrite;

    /// <summary>Reads a file.</summary>
    /// <exception cref="VerbException">More may read it than should, or it is too long.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static byte[] Read(string path, FileReaders readers)
    {
        // The mode is that of the file which is then read, whatever comes to stand at its path.
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        RefuseExposed(stream, readers);
        var content = new byte[MostBytes + 1];
        var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length <= MostBytes
            ? content[..length]
            : throw VerbException.Usage(
                "file-too-long",
                $"文件 {path} 超过 {MostBytes} 字节，不是凭证文件。File {path} has more than {MostBytes} bytes: it is no file of credentials."
            );
    }

    /// <summary>Puts another content in the place of a file's; see <see cref="FirstFile.Change"/>. Its folder is the user's own, too.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="change">Is given what it holds, null where it is not there; says what it is to hold, null to leave it.</param>
    /// <exception cref="VerbException">Others may read what is there.</exception>
    /// <exception cref="IOException">It cannot be read or written, or another process has held it for 5 s.</exception>
    public static void Change(string path, Func<byte[]?, byte[]?> change)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        FirstFile.Change(path, there => change(there is null ? null : Read(path, FileReaders.Owner)));
    }

    static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    static void RefuseExposed(FileStream file, FileReaders readers)
    {
        if (OperatingSystem.IsWindows())
            return;

        var unwanted = readers == FileReaders.Owner ? OfOthers | UnixFileMode.GroupRead : OfOthers;
        if ((File.GetUnixFileMode(file.SafeFileHandle) & unwanted) != 0)
            throw VerbException.Usage(
                "file-exposed",
                $"文件 {file.Name} 含凭证，但其他用户可以读写，已拒绝使用：请执行 chmod 600 {Shell.Word(file.Name)}，并考虑更换凭证。File {file.Name} holds a credential that others may read or change, and is not used: run chmod 600 {Shell.Word(file.Name)}, and consider another credential."
            );
    }
}
