using System.Reflection;
using System.Runtime.InteropServices;
using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// A loaded PKCS#11 module. One object a path and process: initialising and finalising speak for the whole process, so
/// whoever disposed of a second one would end the first one's sessions.
/// </summary>
sealed class Pkcs11Module
{
    internal static readonly Pkcs11InteropFactories Factories = new();

    static readonly Lock Gate = new();
    static readonly Dictionary<string, Pkcs11Module> Loaded = new(StringComparer.Ordinal);

    readonly string _path;
    IPkcs11Library? _library;
    int _owners;

    // glibc 2.34 and later have no libdl.so of their own to load by that name.
    static Pkcs11Module() =>
        NativeLibrary.SetDllImportResolver(
            typeof(Pkcs11InteropFactories).Assembly,
            (string name, Assembly _, DllImportSearchPath? _) =>
                name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : 0
        );

    Pkcs11Module(string path) => _path = path;

    /// <summary>The module; loaded at first use and after <see cref="Reload"/>.</summary>
    /// <exception cref="SigningUnavailableException">It cannot be loaded.</exception>
    public IPkcs11Library Library
    {
        get
        {
            lock (Gate)
            {
                try
                {
                    return _library ??= Factories.Pkcs11LibraryFactory.LoadPkcs11Library(
                        Factories,
                        _path,
                        AppType.MultiThreaded
                    );
                }
                catch (Exception e) when (e is UnmanagedException or Pkcs11Exception)
                {
                    throw new SigningUnavailableException(
                        $"The PKCS#11 module {_path} cannot be loaded ({e.Message}); check Hsm:ModulePath and the module's own configuration.",
                        e
                    );
                }
            }
        }
    }

    /// <summary>Makes modules loadable on this system.</summary>
    public static void Prepare()
    {
        // The static constructor does it, once.
    }

    /// <summary>The process's one object for a path; each caller releases it once.</summary>
    public static Pkcs11Module Acquire(string path)
    {
        lock (Gate)
        {
            if (!Loaded.TryGetValue(path, out var module))
                Loaded[path] = module = new Pkcs11Module(path);
            module._owners++;
            return module;
        }
    }

    /// <summary>Finalises and loads anew, which many modules need after their device was away. Only for an owner without sessions; does nothing while others own the module too.</summary>
    public void Reload()
    {
        lock (Gate)
        {
            if (_owners == 1)
                Unload();
        }
    }

    public void Release()
    {
        lock (Gate)
        {
            if (--_owners > 0)
                return;
            Loaded.Remove(_path);
            Unload();
        }
    }

    void Unload()
    {
        try
        {
            _library?.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // C_Finalize of a module whose device is away; the next C_Initialize decides.
        }
        _library = null;
    }
}
