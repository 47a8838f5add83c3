using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// What is made of text files that may be renewed in place. They are read at each question and compared by their bytes: the
/// names of a secret that Kubernetes mounts are links, which keep their times when it is renewed.
/// </summary>
/// <typeparam name="T">What is made.</typeparam>
/// <param name="paths">The files.</param>
/// <param name="make">Makes it of their texts, in the same order.</param>
sealed class RenewedFiles<T>(string[] paths, Func<string[], T> make)
{
    readonly Lock _lock = new();
    (byte[][] Bytes, T Value)? _known;

    /// <summary>By what the files hold now; files that are half written, or away for a moment, keep what was.</summary>
    /// <exception cref="CryptographicException">They do not hold what they should, and never did.</exception>
    public T Value()
    {
        lock (_lock)
        {
            try
            {
                return Newest();
            }
            catch (Exception e)
                when (e
                        is CryptographicException
                            or ArgumentException
                            or IOException
                            or UnauthorizedAccessException
                )
            {
                if (_known is { } known)
                    return known.Value;
                throw;
            }
        }
    }

    T Newest()
    {
        var bytes = Array.ConvertAll(paths, File.ReadAllBytes);
        if (_known is { } known && known.Bytes.Zip(bytes).All(pair => pair.First.SequenceEqual(pair.Second)))
            return known.Value;

        var made = make(Array.ConvertAll(bytes, Encoding.UTF8.GetString));
        _known = (bytes, made);
        return made;
    }
}
