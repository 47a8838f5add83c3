using System.Text;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using static ClearanceEngine.Tests.Hsm.SigningTest;

namespace ClearanceEngine.Tests.Hsm;

public sealed class DevelopmentTokenTests : IDisposable
{
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("token");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha1)]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.Sm2Sm3)]
    public void It_signs_with_a_certificate_that_says_what_it_is(SignatureAlgorithm algorithm)
    {
        using var token = Token(algorithm);
        var key = token.Find(Participant);
        using var session = token.OpenSession();
        Assert.True(key.Certificate.Verify(algorithm, "text"u8, session.Sign(key, "text"u8)));
        Assert.Contains(
            "DEVELOPMENT ONLY",
            new Org.BouncyCastle.X509.X509Certificate(key.Certificate.Der).SubjectDN.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Keys_survive_a_restart_RSA_and_SM2_side_by_side_and_only_their_owner_may_read_them()
    {
        var rsa = Der(SignatureAlgorithm.RsaSha1);
        var sm2 = Der(SignatureAlgorithm.Sm2Sm3);
        Assert.NotEqual(rsa, sm2);
        Assert.Equal(rsa, Der(SignatureAlgorithm.RsaSha256));
        Assert.Equal(sm2, Der(SignatureAlgorithm.Sm2Sm3));
        var files = _directory.GetFiles();
        Assert.Equal(
            [$"{Participant}.rsa.pem", $"{Participant}.sm2.pem"],
            files.Select(f => f.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(files, f =>
            Assert.StartsWith("DEVELOPMENT ONLY", File.ReadAllText(f.FullName), StringComparison.Ordinal)
        );
        if (!OperatingSystem.IsWindows())
            Assert.All(files, f =>
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, f.UnixFileMode)
            );

        byte[] Der(SignatureAlgorithm algorithm)
        {
            using var token = Token(algorithm);
            return token.Find(Participant).Certificate.Der;
        }
    }

    [Fact]
    public async Task Processes_that_start_together_take_the_same_key()
    {
        using var together = new Barrier(4);
        var certificates = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            using var token = Token(SignatureAlgorithm.Sm2Sm3);
                            together.SignalAndWait();
                            var key = token.Find(Participant);
                            using var session = token.OpenSession();
                            Assert.True(
                                key.Certificate.Verify(
                                    SignatureAlgorithm.Sm2Sm3,
                                    "text"u8,
                                    session.Sign(key, "text"u8)
                                )
                            );
                            return key.Certificate.Serial;
                        },
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        Assert.Single(certificates.Distinct());
        Assert.Single(_directory.GetFiles());
    }

    [Fact]
    public void A_code_that_is_no_file_name_is_refused()
    {
        using var token = Token(SignatureAlgorithm.Sm2Sm3);
        foreach (var code in new[] { "", "../a", "a/b", "a.b", "虚构", new string('9', 65) })
            Assert.Throws<UnknownSigningKeyException>(() => token.Find(code));
        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public void A_failure_to_keep_a_key_is_not_remembered()
    {
        using var token = Token(SignatureAlgorithm.Sm2Sm3);
        _directory.Delete();
        Assert.Throws<SigningUnavailableException>(() => token.Find(Participant));
        Assert.Throws<SigningUnavailableException>(token.Check);
        _directory.Create();
        token.Check();
        Assert.NotNull(token.Find(Participant));
    }

    [Fact]
    public void A_spoilt_key_file_is_named()
    {
        File.WriteAllText(
            Path.Combine(_directory.FullName, $"{Participant}.sm2.pem"),
            "nothing",
            Encoding.ASCII
        );
        using var token = Token(SignatureAlgorithm.Sm2Sm3);
        Assert.Contains(
            $"{Participant}.sm2.pem",
            Assert.Throws<SigningUnavailableException>(() => token.Find(Participant)).Message,
            StringComparison.Ordinal
        );
    }

    DevelopmentToken Token(SignatureAlgorithm algorithm) =>
        new(
            new HsmOptions { Directory = _directory.FullName, Algorithm = algorithm },
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now)
        );
}
