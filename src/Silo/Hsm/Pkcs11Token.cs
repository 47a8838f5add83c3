using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// RSA keys in a PKCS#11 token. Key and certificate of a participant carry its code as label; found again by that label
/// when handles went stale. One library object a module, an anchor session that keeps the login, one thread a session.
/// </summary>
public sealed class Pkcs11Token : ISigningToken
{
    static readonly Pkcs11InteropFactories Factories = new();

    readonly HsmOptions _options;
    readonly IPkcs11Library _library;
    readonly Lock _lock = new();
    readonly ConcurrentDictionary<string, TokenKey> _keys = new(StringComparer.Ordinal);
    ISlot _slot;
    ISession _anchor;

    static Pkcs11Token()
    {
        // glibc 2.34 and later have no libdl.so of their own to load by that name.
        NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, (string name, Assembly assembly, DllImportSearchPath? path) =>
            name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : 0);
    }

    public Pkcs11Token(HsmOptions options)
    {
        _options = options;
        try
        {
            _library = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, options.ModulePath, AppType.MultiThreaded);
        }
        catch (Exception e) when (e is UnmanagedException or Pkcs11Exception)
        {
            throw new SigningUnavailableException($"The PKCS#11 module {options.ModulePath} cannot be loaded ({e.Message}); check Hsm:ModulePath.", e);
        }
        (_slot, _anchor) = Connect();
    }

    public TokenKey? Find(string participantCode)
    {
        if (_keys.TryGetValue(participantCode, out var known)) return known;
        lock (_lock)
        {
            return Guarded(() =>
            {
                var certificates = _anchor.FindAllObjects([Attribute(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE), Label(participantCode)]);
                if (certificates.Count == 0 || PrivateKey(_anchor, participantCode) is null) return null;
                var der = _anchor.GetAttributeValue(certificates[0], [CKA.CKA_VALUE])[0].GetValueAsByteArray();
                var algorithm = _options.Algorithms.TryGetValue(participantCode, out var own) ? own : _options.Algorithm;
                return _keys[participantCode] = new TokenKey(new SigningCertificate(der), algorithm);
            });
        }
    }

    public ISigningSession OpenSession() => Guarded(() => new Session(this, _slot.OpenSession(SessionType.ReadOnly)));

    /// <summary>The token answers and its anchor session is logged in. C_GetSessionInfo alone says OK with the token gone.</summary>
    public void Check()
    {
        lock (_lock)
        {
            Guarded(() =>
            {
                if (_slot.GetTokenInfo().Label.Trim() != _options.TokenLabel) throw new SigningUnavailableException($"The slot holds another token than {_options.TokenLabel}.");
                try
                {
                    _anchor.FindAllObjects([Attribute(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]);
                }
                catch (Pkcs11Exception)
                {
                    // The token was away and is back: the login is gone with the session.
                    (_slot, _anchor) = Connect();
                }
                return true;
            });
        }
    }

    public void Dispose()
    {
        _anchor.Dispose();
        _library.Dispose();
    }

    (ISlot, ISession) Connect() => Guarded(() =>
    {
        var slot = _library.GetSlotList(SlotsType.WithTokenPresent).FirstOrDefault(s => s.GetTokenInfo().Label.Trim() == _options.TokenLabel)
            ?? throw new SigningUnavailableException($"No token labelled {_options.TokenLabel} in {_options.ModulePath}; check Hsm:TokenLabel and that the device is present.");
        var session = slot.OpenSession(SessionType.ReadOnly);
        try
        {
            session.Login(CKU.CKU_USER, Pin());
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Login is per application.
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_PIN_INCORRECT)
        {
            // Never tried again by itself: a few wrong PINs lock the token.
            throw new InvalidOperationException($"The token {_options.TokenLabel} refuses the PIN; correct Hsm:Pin and start again.", e);
        }
        return (slot, session);
    });

    string Pin() => _options.Pin.Length > 0 ? _options.Pin : File.ReadAllText(_options.PinFile).Trim();

    IObjectHandle? PrivateKey(ISession session, string participant) =>
        session.FindAllObjects([Attribute(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), Label(participant)]).FirstOrDefault();

    IObjectAttribute Label(string participant) => Factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, Encoding.UTF8.GetBytes(participant));

    static IObjectAttribute Attribute(CKA type, CKO value) => Factories.ObjectAttributeFactory.Create(type, value);

    T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException)
        {
            throw new SigningUnavailableException($"The token {_options.TokenLabel} does not work now: {e.Message}.", e);
        }
    }

    sealed class Session(Pkcs11Token token, ISession session) : ISigningSession
    {
        readonly Dictionary<string, IObjectHandle> _handles = new(StringComparer.Ordinal);

        public byte[] Sign(string participantCode, ReadOnlySpan<byte> data)
        {
            var algorithm = token.Find(participantCode)?.Algorithm ?? throw new UnknownSigningKeyException(NoKey(participantCode));
            if (algorithm == SignatureAlgorithm.Sm2Sm3) throw new UnknownSigningKeyException($"{participantCode} is configured for SM2, which this PKCS#11 token does not offer; change Hsm:Algorithms.");
            var mechanism = algorithm == SignatureAlgorithm.RsaSha1 ? CKM.CKM_SHA1_RSA_PKCS : CKM.CKM_SHA256_RSA_PKCS;
            var bytes = data.ToArray();
            return token.Guarded(() =>
            {
                try
                {
                    return Once(participantCode, mechanism, bytes);
                }
                catch (Pkcs11Exception e) when (e.RV is CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_KEY_HANDLE_INVALID)
                {
                    // Another session's end may have changed the handles; the key is still there under its name.
                    _handles.Remove(participantCode);
                    return Once(participantCode, mechanism, bytes);
                }
            });
        }

        byte[] Once(string participantCode, CKM mechanism, byte[] data)
        {
            if (!_handles.TryGetValue(participantCode, out var key))
                key = _handles[participantCode] = token.PrivateKey(session, participantCode) ?? throw new UnknownSigningKeyException(NoKey(participantCode));
            using var m = Factories.MechanismFactory.Create(mechanism);
            return session.Sign(m, key, data);
        }

        public void Dispose() => session.Dispose();

        string NoKey(string participantCode) => $"The token {token._options.TokenLabel} has no private key and certificate labelled {participantCode}; load them or change the participant's signing mode.";
    }
}
