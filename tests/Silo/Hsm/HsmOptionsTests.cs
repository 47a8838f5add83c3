using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Tests.Hsm;

public class HsmOptionsTests
{
    [Fact]
    public void The_defaults_are_right()
    {
        Assert.Empty(SettingsCheck.Of("Hsm", new HsmOptions()));
        Assert.Empty(SettingsCheck.Of("SigningPool", new SigningPoolOptions()));
    }

    [Fact]
    public void What_is_wrong_is_named_by_its_configuration_key()
    {
        (Action<HsmOptions> Change, string Named)[] wrong =
        [
            (o => o.ModulePath = "", "Hsm:ModulePath"),
            (o => o.ModulePath = "/nowhere/module.so", "Hsm:ModulePath"),
            (o => o.TokenLabel = "", "Hsm:TokenLabel"),
            (o => o.Pin = "", "Hsm:PinFile"),
            (o => o.PinFile = "/nowhere/pin", "either Hsm:Pin or Hsm:PinFile"),
            (o => (o.Pin, o.PinFile) = ("", "/nowhere/pin"), "Hsm:PinFile"),
            (o => o.CertificateDirectory = "/nowhere", "Hsm:CertificateDirectory"),
            (o => o.Algorithm = SignatureAlgorithm.Sm2Sm3, "SM2"),
            (o => o.Algorithms["9999900002"] = SignatureAlgorithm.Sm2Sm3, "SM2"),
            (o => (o.Provider, o.Directory) = (HsmProvider.Development, ""), "Hsm:Directory"),
            (o => o.Sessions = 0, "Sessions"),
            (o => o.QueueLimit = 0, "QueueLimit"),
            (o => o.HungSessions = -1, "HungSessions"),
            (o => o.LookupTime = TimeSpan.Zero, "LookupTime"),
            (o => o.Timeout = TimeSpan.Zero, "Timeout"),
            (o => o.KeyCacheTime = TimeSpan.Zero, "KeyCacheTime"),
        ];
        Assert.Empty(SettingsCheck.Of("Hsm", Good()));
        Assert.All(wrong, w =>
        {
            var options = Good();
            w.Change(options);
            Assert.Contains(
                w.Named,
                Assert.Single(SettingsCheck.Of("Hsm", options)).ToString(),
                StringComparison.Ordinal
            );
        });

        // A bare name is left to the loader.
        static HsmOptions Good() =>
            new()
            {
                Provider = HsmProvider.Pkcs11,
                ModulePath = "libsofthsm2.so",
                TokenLabel = "clearance",
                Pin = "1234",
            };
    }

    [Fact]
    public void A_participant_may_have_its_own_algorithm_and_SM2_the_other_identifiers()
    {
        var options = new HsmOptions { Algorithms = { ["9999900002"] = SignatureAlgorithm.Sm2Sm3 } };
        Assert.Equal(
            (SignatureProfile.RsaSha1, SignatureProfile.Sm2Sm3),
            (options.ProfileOf("9999900001"), options.ProfileOf("9999900002"))
        );
        options.Sm2Identifiers = Sm2Identifiers.PublicClient;
        Assert.Equal(SignatureProfile.Sm2Sha1Variant, options.ProfileOf("9999900002"));
    }

    [Fact]
    public void Leases_shorter_than_a_renewal_are_refused()
    {
        var faults = SettingsCheck.Of(
            "SigningPool",
            new SigningPoolOptions
            {
                LeaseLength = TimeSpan.FromSeconds(1),
                Grace = TimeSpan.Zero,
                Sessions = 0,
            }
        );
        Assert.Equal(
            ["SigningPool:Sessions", "SigningPool:LeaseLength", "SigningPool:Grace"],
            faults.Select(f => f.Name)
        );
    }
}
