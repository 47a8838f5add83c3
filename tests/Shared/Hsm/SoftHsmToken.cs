using ClearanceEngine.Signing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A SoftHSM token with a key and certificate for every development participant whose documents we sign.</summary>
static class SoftHsmToken
{
    /// <returns>The file that <c>SOFTHSM2_CONF</c> must name.</returns>
    public static string Make(string directory, string label, string pin)
    {
        var tokens = Directory.CreateDirectory(Path.Combine(directory, "tokens")).FullName;
        var configuration = Path.Combine(directory, "softhsm2.conf");
        File.WriteAllText(
            configuration,
            $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        // The module reads the environment of the C library, which .NET's own copy does not reach.
        NativeEnvironment.Set("SOFTHSM2_CONF", configuration);
        var (code, text) = Commands.Run(
            "softhsm2-util",
            $"--init-token --free --label {label} --pin {pin} --so-pin 5678",
            new Dictionary<string, string> { ["SOFTHSM2_CONF"] = configuration }
        );
        Assert.True(code == 0, text);

        // The token class knows how to load a module on this system.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
            typeof(Silo.Hsm.Pkcs11Token).TypeHandle
        );
        var factories = new Pkcs11InteropFactories();
        using var library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(
            factories,
            Parts.SoftHsm,
            AppType.MultiThreaded
        );
        var slot = library
            .GetSlotList(SlotsType.WithTokenPresent)
            .First(s => s.GetTokenInfo().Label.Trim() == label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_USER, pin);
        foreach (
            var participant in Participants.ParticipantRegistry.Development.All.Where(p =>
                p.Signing == Participants.SigningMode.Cloud
            )
        )
        {
            var name = System.Text.Encoding.UTF8.GetBytes(participant.Code);
            var (privateKey, certificate) = DevelopmentCertificates.Create(
                SignatureAlgorithm.RsaSha1,
                participant.Code,
                DateTimeOffset.UtcNow
            );
            var key = (RsaPrivateCrtKeyParameters)privateKey;
            IObjectAttribute A<T>(CKA type, T value) =>
                value switch
                {
                    CKO v => factories.ObjectAttributeFactory.Create(type, v),
                    CKK v => factories.ObjectAttributeFactory.Create(type, v),
                    CKC v => factories.ObjectAttributeFactory.Create(type, v),
                    bool v => factories.ObjectAttributeFactory.Create(type, v),
                    byte[] v => factories.ObjectAttributeFactory.Create(type, v),
                    BigInteger v => factories.ObjectAttributeFactory.Create(type, v.ToByteArrayUnsigned()),
                    _ => throw new NotSupportedException(),
                };
            session.CreateObject([
                A(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY),
                A(CKA.CKA_KEY_TYPE, CKK.CKK_RSA),
                A(CKA.CKA_TOKEN, true),
                A(CKA.CKA_PRIVATE, true),
                A(CKA.CKA_SIGN, true),
                A(CKA.CKA_LABEL, name),
                A(CKA.CKA_ID, name),
                A(CKA.CKA_MODULUS, key.Modulus),
                A(CKA.CKA_PUBLIC_EXPONENT, key.PublicExponent),
                A(CKA.CKA_PRIVATE_EXPONENT, key.Exponent),
                A(CKA.CKA_PRIME_1, key.P),
                A(CKA.CKA_PRIME_2, key.Q),
                A(CKA.CKA_EXPONENT_1, key.DP),
                A(CKA.CKA_EXPONENT_2, key.DQ),
                A(CKA.CKA_COEFFICIENT, key.QInv),
            ]);
            session.CreateObject([
                A(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE),
                A(CKA.CKA_CERTIFICATE_TYPE, CKC.CKC_X_509),
                A(CKA.CKA_TOKEN, true),
                A(CKA.CKA_LABEL, name),
                A(CKA.CKA_ID, name),
                A(CKA.CKA_VALUE, certificate.Der),
                A(
                    CKA.CKA_SUBJECT,
                    new Org.BouncyCastle.X509.X509Certificate(certificate.Der).SubjectDN.GetDerEncoded()
                ),
            ]);
        }
        session.Logout();
        return configuration;
    }
}
