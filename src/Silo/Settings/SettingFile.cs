using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Settings;

/// <summary>Files that settings name. They are read when the engine starts: what is missing is told then, not when it is needed first.</summary>
static class SettingFile
{
    /// <summary>Reads a file.</summary>
    /// <returns>Its bytes, or what is wrong with it in words.</returns>
    public static (byte[] Bytes, string? Fault) Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.Length > 0 ? (bytes, null) : (bytes, "文件为空。The file is empty.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (
                [],
                $"文件不存在，请放置文件或更正路径（现在 {Directory.GetCurrentDirectory()}）。The file does not exist; put it there or correct the path (looked for from {Directory.GetCurrentDirectory()})."
            );
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return ([], "这是目录，应为文件。It is a directory; name a file.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or ArgumentException)
        {
            return ([], "无权或无法读取此文件。The file cannot be read; check its rights and its path.");
        }
    }

    /// <summary>A fault where a file cannot be read or is empty; else none.</summary>
    /// <param name="name">Of the setting.</param>
    /// <param name="path">Of the file.</param>
    public static IEnumerable<ValidationResult> Faults(string name, string path) =>
        Read(path).Fault is { } fault ? [new ValidationResult(fault, [name])] : [];

    /// <summary>Faults of files that are given together or not at all; none where none is given.</summary>
    /// <param name="text">What is told of one that is missing beside others.</param>
    /// <param name="files">Names of the settings, and their paths.</param>
    public static ValidationResult[] FaultsOfAllOrNone(
        string text,
        params ReadOnlySpan<(string Name, string Path)> files
    )
    {
        var faults = new List<ValidationResult>();
        var isAny = false;
        foreach (var (name, path) in files)
        {
            isAny |= path.Length > 0;
            if (path.Length > 0)
                faults.AddRange(Faults(name, path));
            else
                faults.Add(new ValidationResult(text, [name]));
        }
        return isAny ? [.. faults] : [];
    }

    /// <summary>All that is wrong with a file that the domain decides by; none where the setting names no file.</summary>
    /// <param name="path">Of the file, or null.</param>
    /// <param name="faultsOf">What is wrong with its contents.</param>
    public static ImmutableArray<string> Faults(string? path, Func<byte[], ImmutableArray<string>> faultsOf)
    {
        if (path is null)
            return [];
        var (bytes, fault) = Read(path);
        return fault is null ? faultsOf(bytes) : [fault];
    }
}
