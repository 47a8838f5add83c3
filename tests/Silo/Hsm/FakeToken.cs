using System.Collections.Concurrent;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>A token that counts what is open, notes who uses a session, and fails when told.</summary>
sealed class FakeToken : ISigningToken
{
    static readonly (AsymmetricKeyParameter Secret, SigningCertificate Certificate) Pair =
        DevelopmentCertificates.Create(
            SignatureAlgorithm.RsaSha256,
            SigningTest.Participant,
            DateTimeOffset.UnixEpoch
        );

    int _open,
        _most,
        _opened,
        _resets,
        _checks,
        _lookups;

    /// <summary>Sessions opened after so many do not hang.</summary>
    volatile int _wellFrom = int.MaxValue;

    public int Open => Volatile.Read(ref _open);

    public int Most => Volatile.Read(ref _most);

    public int Opened => Volatile.Read(ref _opened);

    public int Resets => Volatile.Read(ref _resets);

    public volatile bool Away;

    /// <summary>Sessions fail at their next signature, and at every later one.</summary>
    public volatile bool SessionsBreak;

    public volatile bool SignsWrongly;

    /// <summary>While set, signatures wait in the device.</summary>
    public readonly ManualResetEventSlim Hang = new(initialState: true);

    /// <summary>What waits in the device stays there, but new sessions sign.</summary>
    public bool Swallowed
    {
        get => _wellFrom < int.MaxValue;
        set => _wellFrom = value ? Opened : int.MaxValue;
    }

    /// <summary>While set, questions after keys wait in the device.</summary>
    public readonly ManualResetEventSlim HangAtLookups = new(initialState: true);

    /// <summary>Why the token cannot be used as it is set up.</summary>
    public volatile string? Unfit;

    /// <summary>Participants whose keys the token does not have.</summary>
    public ConcurrentDictionary<string, bool> Unloaded { get; } = new();

    public int Lookups => Volatile.Read(ref _lookups);

    public static SigningCertificate Certificate => Pair.Certificate;

    public ConcurrentBag<string> Misuses { get; } = [];

    public ConcurrentDictionary<int, int> SignedBy { get; } = new();

    public TokenKey Find(string participantCode)
    {
        Interlocked.Increment(ref _lookups);
        HangAtLookups.Wait();
        if (Away)
            throw new SigningUnavailableException("the device is away");
        return
            participantCode.StartsWith("99999000", StringComparison.Ordinal)
            && participantCode != "9999900009"
            && !Unloaded.ContainsKey(participantCode)
            ? new TokenKey(participantCode, Pair.Certificate, SignatureProfile.RsaSha256)
            : throw new UnknownSigningKeyException($"No key for {participantCode}.");
    }

    public ISigningSession OpenSession()
    {
        if (Away)
            throw new SigningUnavailableException("the device is away");
        var open = Interlocked.Increment(ref _open);
        for (var most = Most; open > most; most = Most)
            Interlocked.CompareExchange(ref _most, open, most);
        return new Session(this, Interlocked.Increment(ref _opened));
    }

    /// <summary>How often it was looked for.</summary>
    public int Checks => Volatile.Read(ref _checks);

    public void Check()
    {
        Interlocked.Increment(ref _checks);
        if (Unfit is { } text)
            throw new TokenUnfitException(text);
        if (Away)
            throw new SigningUnavailableException("the device is away");
    }

    public void Reset()
    {
        if (Open > 0)
            Misuses.Add("reset with sessions open");
        Interlocked.Increment(ref _resets);
    }

    public void Dispose()
    {
        Hang.Dispose();
        HangAtLookups.Dispose();
    }

    sealed class Session(FakeToken token, int number) : ISigningSession
    {
        readonly int _thread = Environment.CurrentManagedThreadId;
        bool _broken;

        public byte[] Sign(TokenKey key, ReadOnlySpan<byte> data)
        {
            if (Environment.CurrentManagedThreadId != _thread)
                token.Misuses.Add("a session used by another thread");
            if (_broken)
                token.Misuses.Add("a broken session used again");
            if (number <= token._wellFrom)
                token.Hang.Wait();
            if (token.Away || token.SessionsBreak)
            {
                _broken = true;
                token.SessionsBreak = false;
                throw new InvalidOperationException("the session broke");
            }
            token.SignedBy.AddOrUpdate(number, 1, (_, n) => n + 1);
            var signer = SignerUtilities.GetSigner("SHA256WITHRSA");
            signer.Init(true, Pair.Secret);
            signer.BlockUpdate(data);
            if (token.SignsWrongly)
                signer.Update(0);
            return signer.GenerateSignature();
        }

        public void Dispose()
        {
            if (Environment.CurrentManagedThreadId != _thread)
                token.Misuses.Add("a session closed by another thread");
            Interlocked.Decrement(ref token._open);
        }
    }
}
