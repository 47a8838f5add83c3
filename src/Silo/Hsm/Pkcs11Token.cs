using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// RSA keys in a PKCS#11 token. A key carries its participant's code as CKA_LABEL or CKA_ID; see <see cref="Pkcs11Keys"/>
/// for how its certificate is found. An anchor session of its own keeps the login, which is the application's; sessions
/// that sign come from <see cref="OpenSession"/>, one a thread.
/// </summary>
public sealed class Pkcs11Token : ISigningToken
{
    /// <summary>How long the end of the engine waits for the device.</summary>
    static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    static readonly byte[] Canary = "ClearanceEngine canary. This is no declaration."u8.ToArray();

    readonly HsmOptions _options;
    readonly Pkcs11Module _module;
    readonly Pkcs11Keys _keys;

    /// <summary>Guards the anchor: a session used by two threads ends the process.</summary>
    readonly Lock _lock = new();

    (ISlot Slot, ISession Anchor)? _connection;
    volatile Pkcs11Mechanisms? _mechanisms;
    string? _refusedPin;
    int _sessions;

    // Whoever loads a module by himself in this process finds it prepared.
    static Pkcs11Token() => Pkcs11Module.Prepare();

    public Pkcs11Token(HsmOptions options, TimeProvider time)
    {
        _options = options;
        _keys = new Pkcs11Keys(options, time);
        _module = Pkcs11Module.Acquire(options.ModulePath);
    }

    public TokenKey Find(string participantCode) =>
        OnAnchor(anchor =>
        {
            var key = _keys.Find(anchor, participantCode);
            RecipeOf(key);
            return key;
        });

    public ISigningSession OpenSession()
    {
        using var _ = Enter(_options.Timeout);
        return Guarded(() =>
        {
            var session = Connect().Slot.OpenSession(SessionType.ReadOnly);
            Interlocked.Increment(ref _sessions);
            return new Session(this, session);
        });
    }

    /// <summary>
    /// Asks for the token, then signs a canary and verifies it in software: C_GetSessionInfo says OK with the token gone.
    /// A token whose keys all lack a certificate passes by showing them.
    /// </summary>
    public void Check() =>
        OnAnchor(anchor =>
        {
            if (Label(Connect().Slot.GetTokenInfo()) != _options.TokenLabel)
                throw new SigningUnavailableException(
                    $"The slot holds another token than {_options.TokenLabel}."
                );
            if (_keys.Any(anchor) is { } key)
                SignCanary(anchor, key);
            return true;
        });

    void SignCanary(ISession anchor, TokenKey key)
    {
        byte[] signature;
        try
        {
            signature = new Session(this, anchor).SignOnce(key, Canary);
        }
        catch (UnknownSigningKeyException)
        {
            // The token answers; that this key may not sign harms its participant only.
            return;
        }
        if (!key.Certificate.Verify(key.Profile.Algorithm, Canary, signature))
            throw new SigningUnavailableException(
                $"The token {_options.TokenLabel} made a wrong signature with the key of {key.Participant}."
            );
    }

    public void Reset()
    {
        using var _ = Enter(_options.Timeout);
        Disconnect();
        // Finalising under a session that signs would end the process.
        if (Volatile.Read(ref _sessions) == 0)
            _module.Reload();
    }

    /// <summary>
    /// Ends the module too, on a thread that nobody waits long for: a device that hangs must not hold up the end of the
    /// engine. What is left open then ends with the process.
    /// </summary>
    public void Dispose()
    {
        var closing = new Thread(Close) { IsBackground = true, Name = "signing token closes" };
        closing.Start();
        closing.Join(LastPatience);
    }

    void Close()
    {
        if (!_lock.TryEnter(LastPatience))
            return;
        try
        {
            // Finalising under a session that hangs in the device would crash the process.
            if (Volatile.Read(ref _sessions) > 0)
                return;
            Disconnect();
            _module.Release();
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>A participant may have an algorithm of its own, which the token need not know: that harms this participant only.</summary>
    SigningRecipe RecipeOf(TokenKey key)
    {
        try
        {
            return _mechanisms!.RecipeOf(key.Profile.Algorithm);
        }
        catch (TokenUnfitException e) when (key.Profile.Algorithm != _options.Algorithm)
        {
            throw new UnknownSigningKeyException($"Participant {key.Participant}: {e.Message}");
        }
    }

    T OnAnchor<T>(Func<ISession, T> work)
    {
        using var _ = Enter(_options.Timeout);
        return Guarded(() =>
        {
            try
            {
                return work(Connect().Anchor);
            }
            catch (Pkcs11Exception)
            {
                // Half an operation may be left in it, or its login is gone with the token.
                Disconnect();
                throw;
            }
        });
    }

    (ISlot Slot, ISession Anchor) Connect()
    {
        if (_connection is { } there)
            return there;
        var slot = _module
            .Library.GetSlotList(SlotsType.WithTokenPresent)
            .FirstOrDefault(s => Label(s.GetTokenInfo()) == _options.TokenLabel)
            ?? throw new SigningUnavailableException(
                $"No token labelled {_options.TokenLabel} in {_options.ModulePath}; check Hsm:TokenLabel and that the device is present."
            );
        var anchor = slot.OpenSession(SessionType.ReadOnly);
        try
        {
            Login(anchor);
            var mechanisms = Pkcs11Mechanisms.Of(slot, _options.TokenLabel);
            mechanisms.RecipeOf(_options.Algorithm);
            _mechanisms = mechanisms;
        }
        catch
        {
            Close(anchor);
            throw;
        }
        _connection = (slot, anchor);
        return _connection.Value;
    }

    void Login(ISession anchor)
    {
        var pin = Pin();
        // Never tried twice by itself: a few wrong PINs lock the token.
        if (pin == _refusedPin)
            throw new TokenUnfitException(
                $"The token {_options.TokenLabel} refused this PIN before, and it is not tried again; correct {(_options.PinFile.Length > 0 ? "Hsm:PinFile" : "Hsm:Pin and start again")}."
            );
        try
        {
            anchor.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Login is per application.
        }
        catch (Pkcs11Exception e)
            when (e.RV
                    is CKR.CKR_PIN_INCORRECT
                        or CKR.CKR_PIN_INVALID
                        or CKR.CKR_PIN_LEN_RANGE
                        or CKR.CKR_PIN_EXPIRED
                        or CKR.CKR_PIN_LOCKED
            )
        {
            _refusedPin = pin;
            throw new TokenUnfitException(
                $"The token {_options.TokenLabel} refuses the PIN ({e.RV}); correct it. It is not tried again.",
                e
            );
        }
    }

    string Pin()
    {
        try
        {
            return _options.PinFile.Length > 0 ? File.ReadAllText(_options.PinFile).Trim() : _options.Pin;
        }
        catch (IOException e)
        {
            throw new SigningUnavailableException(
                $"Hsm:PinFile {_options.PinFile} cannot be read: {e.Message}",
                e
            );
        }
    }

    void Disconnect()
    {
        if (_connection is { } there)
            Close(there.Anchor);
        _connection = null;
    }

    static void Close(ISession session)
    {
        try
        {
            session.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // It is gone with its token.
        }
    }

    static string Label(ITokenInfo token) => token.Label.Trim();

    /// <summary>The anchor's lock, for no longer than the time-out: a token that hangs must not gather waiting threads.</summary>
    Lock.Scope Enter(TimeSpan wait)
    {
        if (!_lock.TryEnter(wait))
            throw new SigningUnavailableException(
                $"The token {_options.TokenLabel} has not answered for {wait.TotalSeconds:0.#} s."
            );
        try
        {
            return _lock.EnterScope();
        }
        finally
        {
            _lock.Exit();
        }
    }

    T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or ObjectDisposedException)
        {
            throw new SigningUnavailableException(
                $"The token {_options.TokenLabel} does not work now: {e.Message}",
                e
            );
        }
    }

    sealed class Session(Pkcs11Token token, ISession session) : ISigningSession
    {
        readonly Dictionary<string, IObjectHandle> _handles = new(StringComparer.Ordinal);

        public byte[] Sign(TokenKey key, ReadOnlySpan<byte> data)
        {
            var bytes = data.ToArray();
            return token.Guarded(() => SignTwice(key, bytes));
        }

        byte[] SignTwice(TokenKey key, byte[] data)
        {
            try
            {
                return SignOnce(key, data);
            }
            catch (Pkcs11Exception e)
                when (e.RV is CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_KEY_HANDLE_INVALID)
            {
                // Another session's end may have changed the handles; the key is still there under its name.
                _handles.Clear();
                return SignOnce(key, data);
            }
        }

        public byte[] SignOnce(TokenKey key, byte[] data)
        {
            var recipe = token.RecipeOf(key);
            if (!_handles.TryGetValue(key.Id, out var handle))
                handle = _handles[key.Id] = Pkcs11Keys.Handle(session, key);

            using var mechanism = Pkcs11Module.Factories.MechanismFactory.Create(recipe.Mechanism);
            var input = recipe.HashesHere ? Pkcs11Mechanisms.DigestInfo(key.Profile.Algorithm, data) : data;
            try
            {
                return session.Sign(mechanism, handle, input);
            }
            catch (Pkcs11Exception e) when (IsOfTheKey(e.RV))
            {
                throw new UnknownSigningKeyException(
                    $"Participant {key.Participant}: the token {token._options.TokenLabel} does not sign with its key by {recipe.Mechanism} ({e.RV}); load a key that may sign so."
                );
            }
        }

        /// <summary>What speaks of this key alone; session and token are as good as before.</summary>
        static bool IsOfTheKey(CKR code) =>
            code
                is CKR.CKR_KEY_FUNCTION_NOT_PERMITTED
                    or CKR.CKR_KEY_TYPE_INCONSISTENT
                    or CKR.CKR_KEY_SIZE_RANGE;

        public void Dispose()
        {
            Close(session);
            Interlocked.Decrement(ref token._sessions);
        }
    }
}
