using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Certificates in a file, PEM (one or several) or DER.</summary>
static class CertificateFile
{
    static readonly string[] Endings = [".pem", ".crt", ".cer", ".der"];

    /// <summary>The files of a directory that are looked at, by their endings, in order.</summary>
    public static IEnumerable<string> In(string directory) =>
        Directory
            .EnumerateFiles(directory)
            .Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.Ordinal))
            .Order(StringComparer.Ordinal);

    /// <summary>Whether a file can be read and has a certificate.</summary>
    public static bool Holds(string path)
    {
        try
        {
            return Read(path) is [var first, ..] && new SigningCertificate(first).Der.Length > 0;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    public static IReadOnlyList<byte[]> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes is [0x30, ..])
            return [bytes];
        var found = new List<byte[]>();
        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(bytes);
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE")
                found.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }
        return found;
    }
}
