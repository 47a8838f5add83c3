using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Certificates that are renewed under a running engine.</summary>
public sealed class RenewedFilesTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-renewed-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Kubernetes makes a folder of each version of a secret, and leads one link from the old to the new.</summary>
    [Fact]
    public void A_mounted_secret_is_renewed_behind_a_link_that_keeps_its_time()
    {
        var file = Path.Combine(_directory, "tls.crt");
        Mount("first");
        File.CreateSymbolicLink(file, Path.Combine("..data", "tls.crt"));
        var files = new RenewedFiles<string>([file], texts => texts[0]);
        Assert.Equal("first", files.Value());
        var written = File.GetLastWriteTimeUtc(file);

        Mount("second");

        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.Equal("second", files.Value());
    }

    [Fact]
    public void What_did_not_change_is_made_once_and_what_is_away_or_half_written_keeps_what_was()
    {
        var file = Path.Combine(_directory, "key");
        File.WriteAllText(file, "good");
        var made = 0;
        var files = new RenewedFiles<string>([file], texts =>
        {
            made++;
            return texts[0].EndsWith("good", StringComparison.Ordinal)
                ? texts[0]
                : throw new ArgumentException("half written");
        });
        Assert.Equal(["good", "good"], [files.Value(), files.Value()]);
        Assert.Equal(1, made);

        File.WriteAllText(file, "ano");
        Assert.Equal("good", files.Value());
        File.Delete(file);
        Assert.Equal("good", files.Value());

        File.WriteAllText(file, "another good");
        Assert.Equal("another good", files.Value());
    }

    [Fact]
    public void What_was_never_there_is_told()
    {
        var files = new RenewedFiles<string>([Path.Combine(_directory, "none")], texts => texts[0]);
        Assert.Throws<FileNotFoundException>(() => files.Value());
    }

    void Mount(string text)
    {
        var version = Directory.CreateDirectory(Path.Combine(_directory, $"..{text}"));
        File.WriteAllText(Path.Combine(version.FullName, "tls.crt"), text);
        var data = Path.Combine(_directory, "..data");
        if (Directory.Exists(data))
            Directory.Delete(data);
        Directory.CreateSymbolicLink(data, version.Name);
    }
}
