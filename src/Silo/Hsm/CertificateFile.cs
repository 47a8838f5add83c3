using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Certificates in a file, PEM (one or several) or DER.</summary>
static class CertificateFile
{
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
