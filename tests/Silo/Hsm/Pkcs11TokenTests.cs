using System.Security.Cryptography;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static ClearanceEngine.Tests.Hsm.SigningTest;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>The token against SoftHSM2. One class, so that its tests run one after another.</summary>
public sealed class Pkcs11TokenTests : IDisposable
{
    readonly SoftHsm _hsm = new();
    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _hsm.Dispose();

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha1)]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    public async Task Sixty_four_callers_at_once_get_signatures_that_verify(SignatureAlgorithm algorithm)
    {
        AddPair();
        _hsm.LetGo();
        using var token = new Pkcs11Token(_hsm.Options(o => o.Algorithm = algorithm), TimeProvider.System);
        await WithSigner(token, _hsm.Options(), async (signer, _) =>
        {
            var signed = await Task.WhenAll(
                Enumerable
                    .Range(0, 64)
                    .Select(c =>
                        Task.Run(async () =>
                        {
                            var messages = new List<byte[]>();
                            for (var i = 0; i < 4; i++)
                                messages.Add(await signer.Sign(Message(c * 4 + i), Participant));
                            return messages;
                        })
                    )
            );
            Assert.All(signed.SelectMany(s => s), m =>
                Assert.Equal(SignatureResult.Valid, EnvelopedSignature.Verify(m).Result)
            );
            Assert.Equal(256, signed.SelectMany(s => s).Select(Convert.ToBase64String).Distinct().Count());
        });
    }

    [Fact]
    public async Task Without_the_token_nothing_is_signed_and_with_it_back_it_goes_on_by_itself()
    {
        AddPair();
        _hsm.LetGo();
        var options = _hsm.Options(o => o.Timeout = TimeSpan.FromSeconds(2));
        using var token = new Pkcs11Token(options, TimeProvider.System);
        await WithSigner(token, options, async (signer, health) =>
        {
            await signer.Sign(Message(), Participant);
            Directory.Move(_hsm.Tokens, $"{_hsm.Tokens}.away");
            await Assert.ThrowsAsync<SigningUnavailableException>(() =>
                signer.Sign(Message(), Participant).AsTask()
            );
            await Eventually(() => !health(), "unhealthy");
            Assert.NotNull(signer.Fault);

            Directory.Move($"{_hsm.Tokens}.away", _hsm.Tokens);
            await Eventually(health, "healthy");
            Assert.Equal(
                SignatureResult.Valid,
                EnvelopedSignature.Verify(await signer.Sign(Message(), Participant)).Result
            );
        });
    }

    [Fact]
    public void A_wrong_PIN_is_tried_once_and_a_corrected_file_is_taken()
    {
        AddPair();
        _hsm.LetGo();
        var file = Path.Combine(_hsm.Certificates, "pin");
        File.WriteAllText(file, "9999\n");
        using var token = new Pkcs11Token(_hsm.Options(o => (o.Pin, o.PinFile) = ("", file)), _time);
        Assert.Contains(
            "refuses the PIN",
            Assert.Throws<TokenUnfitException>(token.Check).Message,
            StringComparison.Ordinal
        );
        for (var i = 0; i < 5; i++)
        {
            Assert.Contains(
                "not tried again",
                Assert.Throws<TokenUnfitException>(token.Check).Message,
                StringComparison.Ordinal
            );
            token.Reset();
        }
        File.WriteAllText(file, $"{SoftHsm.Pin}\n");
        token.Check();
        Assert.NotNull(token.Find(Participant));
    }

    /// <summary>As with a device in a FIPS mode: it hashes nothing with SHA-1, but pads and signs what it is given.</summary>
    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha1, "CKM_SHA1_RSA_PKCS")]
    [InlineData(SignatureAlgorithm.RsaSha256, "CKM_SHA256_RSA_PKCS")]
    public void A_token_that_does_not_hash_is_given_the_digest(SignatureAlgorithm algorithm, string struckOff)
    {
        var (_, certificate) = AddPair();
        _hsm.StrikeOff(struckOff);
        _hsm.LetGo();
        using var token = new Pkcs11Token(_hsm.Options(o => o.Algorithm = algorithm), _time);
        token.Check();
        using var session = token.OpenSession();
        var key = token.Find(Participant);
        Assert.True(certificate.Verify(algorithm, "text"u8, session.Sign(key, "text"u8)));
    }

    [Fact]
    public void A_token_without_any_mechanism_that_fits_is_refused_by_mechanism_and_token()
    {
        AddPair();
        _hsm.StrikeOff("CKM_SHA1_RSA_PKCS", "CKM_RSA_PKCS");
        _hsm.LetGo();
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        var refused = Assert.Throws<TokenUnfitException>(token.Check);
        Assert.All(new[] { SoftHsm.Label, "CKM_SHA1_RSA_PKCS", "CKM_RSA_PKCS", "Hsm:Algorithm" }, named =>
            Assert.Contains(named, refused.Message, StringComparison.Ordinal)
        );
        Assert.Throws<TokenUnfitException>(token.OpenSession);
    }

    [Fact]
    public void An_algorithm_of_one_participant_that_the_token_does_not_have_harms_this_participant_only()
    {
        AddPair();
        _hsm.StrikeOff("CKM_SHA1_RSA_PKCS", "CKM_RSA_PKCS");
        _hsm.LetGo();
        var options = _hsm.Options(o =>
        {
            o.Algorithm = SignatureAlgorithm.RsaSha256;
            o.Algorithms[Participant] = SignatureAlgorithm.RsaSha1;
        });
        using var token = new Pkcs11Token(options, _time);
        token.Check();
        Assert.Contains("CKM_SHA1_RSA_PKCS", Missing(token), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_may_not_sign_harms_its_participant_only()
    {
        var (secret, certificate) = SoftHsm.NewPair();
        _hsm.AddKey(secret, Participant, "1", maySign: false);
        _hsm.AddCertificate(certificate, Participant, "1");
        _hsm.LetGo();
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        token.Check();
        using var session = token.OpenSession();
        var key = token.Find(Participant);
        var refused = Assert.Throws<UnknownSigningKeyException>(() => session.Sign(key, "text"u8));
        Assert.Contains("CKR_KEY_FUNCTION_NOT_PERMITTED", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_its_certificate_or_with_an_old_one_is_refused_with_the_reason()
    {
        var (secret, certificate) = SoftHsm.NewPair();
        _hsm.AddKey(secret, Participant, "1");
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        Assert.Contains("no certificate", Missing(token), StringComparison.Ordinal);

        _hsm.AddCertificate(SoftHsm.NewPair().Certificate, Participant, "1"); // of another key, under the same names
        Assert.Contains("no certificate", Missing(token), StringComparison.Ordinal);

        _hsm.AddCertificate(SoftHsm.Renew(secret, _time.GetUtcNow().AddYears(-11)), Participant, "1");
        Assert.Contains("not valid now", Missing(token), StringComparison.Ordinal);

        _hsm.AddCertificate(certificate, Participant, "1");
        Assert.Equal(certificate.Der, token.Find(Participant).Certificate.Der);
        Assert.Contains(
            "no private RSA key",
            Assert.Throws<UnknownSigningKeyException>(() => token.Find("9999900009")).Message,
            StringComparison.Ordinal
        );
        _hsm.LetGo();
    }

    [Fact]
    public void The_newest_valid_certificate_counts_wherever_it_lies_and_is_taken_without_a_restart()
    {
        var (secret, certificate) = SoftHsm.NewPair();
        _hsm.AddKey(secret, Participant, "1");
        _hsm.AddCertificate(certificate, "other label", "1");
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        Assert.Equal(certificate.Serial, token.Find(Participant).Certificate.Serial);

        var renewed = SoftHsm.Renew(secret, _time.GetUtcNow().AddHours(-1));
        var notYet = SoftHsm.Renew(secret, _time.GetUtcNow().AddDays(1));
        File.WriteAllText(
            Path.Combine(_hsm.Certificates, $"{Participant}.2026.pem"),
            $"{PemEncoding.WriteString("CERTIFICATE", notYet.Der)}\n{PemEncoding.WriteString("CERTIFICATE", renewed.Der)}\n"
        );
        File.WriteAllBytes(
            Path.Combine(_hsm.Certificates, $"{Participant}.cer"),
            SoftHsm.Renew(secret, _time.GetUtcNow().AddHours(-2)).Der
        );
        File.WriteAllText(Path.Combine(_hsm.Certificates, $"{Participant}.txt"), "no certificate");
        Assert.Equal(renewed.Serial, token.Find(Participant).Certificate.Serial);

        using var session = token.OpenSession();
        Assert.True(
            renewed.Verify(
                SignatureAlgorithm.RsaSha1,
                "text"u8,
                session.Sign(token.Find(Participant), "text"u8)
            )
        );
        _hsm.LetGo();
    }

    [Fact]
    public void A_new_key_under_the_same_name_signs_with_its_own_certificate()
    {
        AddPair("1", DateTimeOffset.UtcNow.AddDays(-100));
        var (_, newer) = AddPair("2", DateTimeOffset.UtcNow.AddDays(-1));
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        var key = token.Find(Participant);
        Assert.Equal(newer.Serial, key.Certificate.Serial);
        using var session = token.OpenSession();
        Assert.True(newer.Verify(SignatureAlgorithm.RsaSha1, "text"u8, session.Sign(key, "text"u8)));
        _hsm.LetGo();
    }

    [Fact]
    public void A_key_named_by_its_id_is_found()
    {
        var (secret, certificate) = SoftHsm.NewPair();
        _hsm.AddKey(secret, "some label", Participant);
        _hsm.AddCertificate(certificate, "some label", Participant);
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        var key = token.Find(Participant);
        using var session = token.OpenSession();
        Assert.True(certificate.Verify(SignatureAlgorithm.RsaSha1, "text"u8, session.Sign(key, "text"u8)));
        _hsm.LetGo();
    }

    [Fact]
    public void A_key_that_was_taken_away_is_told_from_a_token_that_is_away()
    {
        var (first, _) = AddPair();
        using var token = new Pkcs11Token(_hsm.Options(), _time);
        using var session = token.OpenSession();
        var key = token.Find(Participant);
        session.Sign(key, "text"u8);
        _hsm.RemoveKeys();
        // Nothing to be seen: perhaps the device is gone, so nobody is refused for good.
        Assert.Throws<SigningUnavailableException>(() => session.Sign(key, "text"u8));
        Assert.Throws<SigningUnavailableException>(() => token.Find(Participant));
        Assert.Throws<SigningUnavailableException>(token.Check);

        _hsm.AddKey(SoftHsm.NewPair().Secret, "9999900009", "9");
        Assert.Throws<UnknownSigningKeyException>(() => token.Find(Participant));
        token.Check();

        _hsm.AddKey(first, Participant, "1");
        Assert.True(
            key.Certificate.Verify(
                SignatureAlgorithm.RsaSha1,
                "text"u8,
                session.Sign(token.Find(Participant), "text"u8)
            )
        );
        _hsm.LetGo();
    }

    [Fact]
    public void A_second_owner_of_the_module_does_not_end_the_sessions_of_the_first()
    {
        AddPair();
        using var first = new Pkcs11Token(_hsm.Options(), _time);
        using var session = first.OpenSession();
        using (var second = new Pkcs11Token(_hsm.Options(), _time))
        {
            second.Check();
            second.Reset();
        }
        _hsm.LetGo();
        Assert.NotEmpty(session.Sign(first.Find(Participant), "text"u8));
        first.Check();
    }

    [Fact]
    public void A_token_that_is_not_there_is_named()
    {
        _hsm.LetGo();
        using var token = new Pkcs11Token(_hsm.Options(o => o.TokenLabel = "elsewhere"), _time);
        Assert.Contains(
            "elsewhere",
            Assert.Throws<SigningUnavailableException>(token.Check).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<SigningUnavailableException>(token.OpenSession);
        using var noModule = new Pkcs11Token(
            new HsmOptions
            {
                ModulePath = "no-such-module.so",
                TokenLabel = "x",
                Pin = "1",
            },
            _time
        );
        Assert.Contains(
            "no-such-module.so",
            Assert.Throws<SigningUnavailableException>(noModule.Check).Message,
            StringComparison.Ordinal
        );
    }

    (
        Org.BouncyCastle.Crypto.Parameters.RsaPrivateCrtKeyParameters Secret,
        SigningCertificate Certificate
    ) AddPair(string id = "1", DateTimeOffset? from = null)
    {
        var (secret, certificate) = SoftHsm.NewPair(from);
        _hsm.AddKey(secret, Participant, id);
        _hsm.AddCertificate(certificate, Participant, id);
        return (secret, certificate);
    }

    static string Missing(Pkcs11Token token) =>
        Assert.Throws<UnknownSigningKeyException>(() => token.Find(Participant)).Message;

    static async Task WithSigner(
        Pkcs11Token token,
        HsmOptions options,
        Func<TokenSigner, Func<bool>, Task> work
    )
    {
        var poolOptions = new SigningPoolOptions { LeaseLength = TimeSpan.FromSeconds(3) };
        using var signer = new TokenSigner(
            token,
            options,
            poolOptions,
            new FakePool(poolOptions, TimeProvider.System),
            TimeProvider.System,
            NullLogger<TokenSigner>.Instance
        );
        await signer.StartAsync(CancellationToken.None);
        try
        {
            await Eventually(() => signer.Fault is null, "sessions are open");
            await work(signer, () => signer.Fault is null);
        }
        finally
        {
            await signer.StopAsync(CancellationToken.None);
        }
    }
}
