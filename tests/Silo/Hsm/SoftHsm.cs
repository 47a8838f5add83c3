using System.Text;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Settings;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>A SoftHSM token in a directory of its own. The module is the process's: tests that use it run one after another.</summary>
sealed class SoftHsm : IDisposable
{
    public const string Label = "clearance-test",
        Pin = "1234";

    static readonly Net.Pkcs11Interop.HighLevelAPI.Factories.IObjectAttributeFactory Attributes = Pkcs11Module
        .Factories
        .ObjectAttributeFactory;

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("softhsm");
    readonly Pkcs11Module _module;

    public SoftHsm()
    {
        Parts.Require(File.Exists(Parts.SoftHsm), $"No PKCS#11 module at {Parts.SoftHsm}");
        Parts.Require(Commands.Has("softhsm2-util"), "softhsm2-util is not installed");
        Directory.CreateDirectory(Tokens);
        Directory.CreateDirectory(Certificates);
        var configuration = Configuration;
        File.WriteAllText(
            configuration,
            $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        NativeEnvironment.Set("SOFTHSM2_CONF", configuration);
        var (code, text) = Commands.Run(
            "softhsm2-util",
            $"--init-token --free --label {Label} --pin {Pin} --so-pin 5678",
            new Dictionary<string, string> { ["SOFTHSM2_CONF"] = configuration }
        );
        Assert.True(code == 0, text);
        _module = Pkcs11Module.Acquire(Parts.SoftHsm);
    }

    public string Tokens => Path.Combine(_directory.FullName, "tokens");

    string Configuration => Path.Combine(_directory.FullName, "softhsm2.conf");

    public string Certificates => Path.Combine(_directory.FullName, "certificates");

    public HsmOptions Options(Action<HsmOptions>? change = null)
    {
        var options = new HsmOptions
        {
            Provider = HsmProvider.Pkcs11,
            ModulePath = Parts.SoftHsm,
            TokenLabel = Label,
            Pin = Pin,
            CertificateDirectory = Certificates,
        };
        change?.Invoke(options);
        Assert.Empty(SettingsCheck.Of("Hsm", options));
        return options;
    }

    /// <summary>Leaves the module to the tokens under test, which may then load it anew.</summary>
    public void LetGo() => _module.Release();

    public static (RsaPrivateCrtKeyParameters Secret, SigningCertificate Certificate) NewPair(
        DateTimeOffset? from = null
    )
    {
        var (secret, certificate) = DevelopmentCertificates.Create(
            SignatureAlgorithm.RsaSha1,
            SigningTest.Participant,
            from ?? DateTimeOffset.UtcNow.AddDays(-1)
        );
        return ((RsaPrivateCrtKeyParameters)secret, certificate);
    }

    /// <summary>Takes mechanisms off the token, for who loads the module after this.</summary>
    public void StrikeOff(params string[] mechanisms) =>
        // SoftHSM skips the first name of such a list.
        File.AppendAllText(Configuration, $"slots.mechanisms = -NONE,{string.Join(',', mechanisms)}\n");

    /// <summary>Another certificate of the same key.</summary>
    public static SigningCertificate Renew(RsaPrivateCrtKeyParameters secret, DateTimeOffset from) =>
        DevelopmentCertificates.SelfSign(
            new AsymmetricCipherKeyPair(
                new RsaKeyParameters(false, secret.Modulus, secret.PublicExponent),
                secret
            ),
            SignatureAlgorithm.RsaSha1,
            SigningTest.Participant,
            from,
            new SecureRandom()
        );

    public void AddKey(RsaPrivateCrtKeyParameters key, string label, string id, bool maySign = true) =>
        Add(
            Attributes.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY),
            Attributes.Create(CKA.CKA_KEY_TYPE, CKK.CKK_RSA),
            Attributes.Create(CKA.CKA_TOKEN, true),
            Attributes.Create(CKA.CKA_PRIVATE, true),
            Attributes.Create(CKA.CKA_SIGN, maySign),
            Name(CKA.CKA_LABEL, label),
            Name(CKA.CKA_ID, id),
            Number(CKA.CKA_MODULUS, key.Modulus),
            Number(CKA.CKA_PUBLIC_EXPONENT, key.PublicExponent),
            Number(CKA.CKA_PRIVATE_EXPONENT, key.Exponent),
            Number(CKA.CKA_PRIME_1, key.P),
            Number(CKA.CKA_PRIME_2, key.Q),
            Number(CKA.CKA_EXPONENT_1, key.DP),
            Number(CKA.CKA_EXPONENT_2, key.DQ),
            Number(CKA.CKA_COEFFICIENT, key.QInv)
        );

    public void AddCertificate(SigningCertificate certificate, string label, string id) =>
        Add(
            Attributes.Create(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE),
            Attributes.Create(CKA.CKA_CERTIFICATE_TYPE, CKC.CKC_X_509),
            Attributes.Create(CKA.CKA_TOKEN, true),
            Name(CKA.CKA_LABEL, label),
            Name(CKA.CKA_ID, id),
            Attributes.Create(CKA.CKA_VALUE, certificate.Der),
            Attributes.Create(
                CKA.CKA_SUBJECT,
                new Org.BouncyCastle.X509.X509Certificate(certificate.Der).SubjectDN.GetDerEncoded()
            )
        );

    public void RemoveKeys() =>
        InSession(session =>
        {
            foreach (
                var key in session.FindAllObjects([Attributes.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)])
            )
                session.DestroyObject(key);
        });

    public void Dispose() => _directory.Delete(recursive: true);

    static IObjectAttribute Name(CKA type, string text) =>
        Attributes.Create(type, Encoding.UTF8.GetBytes(text));

    static IObjectAttribute Number(CKA type, BigInteger number) =>
        Attributes.Create(type, number.ToByteArrayUnsigned());

    void Add(params List<IObjectAttribute> attributes) =>
        InSession(session => session.CreateObject(attributes));

    void InSession(Action<Net.Pkcs11Interop.HighLevelAPI.ISession> work)
    {
        var slot = _module
            .Library.GetSlotList(SlotsType.WithTokenPresent)
            .First(s => s.GetTokenInfo().Label.Trim() == Label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        try
        {
            session.Login(CKU.CKU_USER, Pin);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // By the token under test.
        }
        work(session);
    }
}
