using System.Diagnostics;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using ClearanceEngine.Signing;
using CsCheck;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Xunit;

namespace ClearanceEngine.Tests;

public class SignatureTests
{
    const string Canonical =
        """<ceb:CEB411Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="G" version="1.0"><ceb:Payment><ceb:PaymentHead><ceb:payerName>虚构 &amp; 甲</ceb:payerName></ceb:PaymentHead></ceb:Payment></ceb:CEB411Message>""";

    static readonly byte[] Sample = File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "samples", "sample-order", "CEB621.xml")
    );

    static readonly byte[] SampleCertificate = EnvelopedSignature.Verify(Sample).Certificate!.Der;

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha1)]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.Sm2Sm3)]
    public async Task What_is_signed_verifies_and_names_its_certificate(SignatureAlgorithm algorithm)
    {
        var (signed, certificate) = await Sign(algorithm);
        var check = EnvelopedSignature.Verify(signed);
        Assert.True(check.Result == SignatureResult.Valid, check.Reason);
        Assert.Equal(certificate.Der, check.Certificate!.Der);
    }

    [Fact]
    public async Task The_variant_of_the_other_public_client_verifies_too()
    {
        var (key, certificate) = DevelopmentCertificates.Create(
            SignatureAlgorithm.Sm2Sm3,
            "9999900001",
            DateTimeOffset.UnixEpoch
        );
        var signed = await EnvelopedSignature.Sign(
            Encoding.UTF8.GetBytes(Canonical),
            certificate,
            SignatureProfile.Sm2Sha1Variant,
            data => ValueTask.FromResult(Raw(key, SignatureAlgorithm.Sm2Sm3, data))
        );
        Assert.Equal(SignatureResult.Valid, EnvelopedSignature.Verify(signed).Result);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha1)]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    public async Task A_strict_verifier_of_the_platform_accepts_it(SignatureAlgorithm algorithm)
    {
        var (signed, _) = await Sign(algorithm);
        var document = new XmlDocument { PreserveWhitespace = true };
        document.Load(new MemoryStream(signed));
        var xml = new SignedXml(document);
        xml.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SignatureProfile.Namespace)[0]!);
        using var certificate =
            System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(
                EnvelopedSignature.Verify(signed).Certificate!.Der
            );
        Assert.True(xml.CheckSignature(certificate, verifySignatureOnly: true));
    }

    [Fact]
    public async Task Xmlsec1_accepts_it()
    {
        Parts.Require(Commands.Has("xmlsec1"), "xmlsec1 is not installed");
        var (signed, certificate) = await Sign(SignatureAlgorithm.RsaSha1);
        var directory = Directory.CreateTempSubdirectory();
        await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "m.xml"), signed);
        await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "c.der"), certificate.Der);
        var (code, output) = Commands.Run(
            "xmlsec1",
            $"--verify --pubkey-cert-der {directory.FullName}/c.der --enabled-key-data rsa,x509 {directory.FullName}/m.xml"
        );
        Assert.True(code == 0, output);
    }

    /// <summary>The commonest mistake: a tool lays the signed message out for reading.</summary>
    [Theory]
    [InlineData("><", ">\r\n\t<", true)]
    [InlineData("<ceb:Payment>", "\n  <ceb:Payment>", true)]
    [InlineData("&amp; 甲<", "&amp; 甲 <", false)]
    [InlineData("&amp; 甲<", "&amp; 乙<", false)]
    public async Task A_message_that_was_indented_after_signing_is_told_so(
        string signed,
        string sent,
        bool indented
    )
    {
        var text = Encoding.UTF8.GetString((await Sign(SignatureAlgorithm.RsaSha256)).Signed);
        var check = EnvelopedSignature.Verify(
            Encoding.UTF8.GetBytes(text.Replace(signed, sent, StringComparison.Ordinal))
        );
        Assert.Equal(SignatureResult.Invalid, check.Result);
        Assert.Equal(
            indented,
            check.Reason!.Contains("indented after it was signed", StringComparison.Ordinal)
        );
    }

    /// <summary>Templates of messages carry the signature's elements without its values; who sends them so has not signed, nor signed wrongly.</summary>
    [Theory]
    [InlineData("<ds:Signature/>")]
    [InlineData(
        "<ds:Signature><ds:SignedInfo/><ds:SignatureValue> </ds:SignatureValue><ds:KeyInfo/></ds:Signature>"
    )]
    [InlineData(
        "<ds:Signature><ds:SignedInfo><ds:Reference URI=''><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
    )]
    public void A_signature_form_that_nobody_filled_in_is_called_that(string form)
    {
        var message = Canonical
            .Replace(
                " guid=",
                " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" guid=",
                StringComparison.Ordinal
            )
            .Replace("</ceb:CEB411Message>", $"{form}</ceb:CEB411Message>", StringComparison.Ordinal);

        var check = EnvelopedSignature.Verify(Encoding.UTF8.GetBytes(message));

        Assert.Equal(SignatureResult.Invalid, check.Result);
        Assert.Contains("unfilled form", check.Reason, StringComparison.Ordinal);
        Assert.Contains("未填写的签名模板", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSSL_accepts_the_SM2_signature()
    {
        Parts.Require(Commands.Has("openssl"), "openssl is not installed");
        byte[] data = [];
        byte[] value = [];
        var (key, certificate) = DevelopmentCertificates.Create(
            SignatureAlgorithm.Sm2Sm3,
            "9999900001",
            DateTimeOffset.UnixEpoch
        );
        await EnvelopedSignature.Sign(
            Encoding.UTF8.GetBytes(Canonical),
            certificate,
            SignatureProfile.Sm2Sm3,
            bytes =>
            {
                data = bytes.ToArray();
                value = Raw(key, SignatureAlgorithm.Sm2Sm3, bytes);
                return ValueTask.FromResult(value);
            }
        );
        var directory = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllBytesAsync($"{directory}/data", data);
        await File.WriteAllBytesAsync(
            $"{directory}/sig",
            new DerSequence(
                new DerInteger(new BigInteger(1, value[..32])),
                new DerInteger(new BigInteger(1, value[32..]))
            ).GetDerEncoded()
        );
        await File.WriteAllBytesAsync(
            $"{directory}/pub.der",
            SubjectPublicKeyInfoFactory
                .CreateSubjectPublicKeyInfo(new X509Certificate(certificate.Der).GetPublicKey())
                .GetDerEncoded()
        );
        var (converted, text) = Commands.Run(
            "openssl",
            $"pkey -pubin -inform DER -in {directory}/pub.der -out {directory}/pub.pem"
        );
        Assert.True(converted == 0, text);
        var (code, output) = Commands.Run(
            "openssl",
            $"pkeyutl -verify -pubin -inkey {directory}/pub.pem -in {directory}/data -rawin -digest sm3 -sigfile {directory}/sig -pkeyopt distid:1234567812345678"
        );
        Assert.True(code == 0, output);
    }

    [Fact]
    public void The_published_sample_verifies_and_any_change_of_its_content_does_not()
    {
        Assert.Equal(SignatureResult.Valid, EnvelopedSignature.Verify(Sample).Result);
        foreach (
            var (from, to) in new[]
            {
                ("430", "431"),
                (">2.35<", ">2.36<"),
                ("\t<ceb:BaseTransfer>", "<ceb:BaseTransfer>"),
                ("TESTWB0000000001", "TESTWB0000000002"),
                ("guid=\"0E", "guid=\"0F"),
            }
        )
        {
            var text = Encoding.UTF8.GetString(Sample);
            if (!text.Contains(from, StringComparison.Ordinal))
                continue;
            Assert.Equal(
                SignatureResult.Invalid,
                EnvelopedSignature
                    .Verify(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)))
                    .Result
            );
        }
    }

    [Fact]
    public void No_changed_byte_ever_verifies_unless_the_meaning_is_the_same() =>
        Gen.Select(Gen.Int[0, Sample.Length - 1], Gen.Byte)
            .Sample(
                (position, value) =>
                {
                    var changed = (byte[])Sample.Clone();
                    if (changed[position] == value)
                        return true;
                    changed[position] = value;
                    var check = EnvelopedSignature.Verify(changed);
                    // A changed certificate with the same key is another certificate: the binding to its participant refuses it.
                    return check.Result != SignatureResult.Valid
                        || !check.Certificate!.Der.AsSpan().SequenceEqual(SampleCertificate)
                        || SameMeaning(changed);
                },
                iter: 3_000
            );

    [Fact]
    public async Task A_signature_moved_doubled_or_pointing_elsewhere_is_refused()
    {
        var (signed, _) = await Sign(SignatureAlgorithm.RsaSha1);
        var text = Encoding.UTF8.GetString(signed);
        var start = text.IndexOf("<ds:Signature ", StringComparison.Ordinal);
        var signature = text[start..(text.IndexOf("</ds:Signature>", StringComparison.Ordinal) + 15)];
        string[] attacks =
        [
            text.Replace(
                "</ceb:CEB411Message>",
                signature + "</ceb:CEB411Message>",
                StringComparison.Ordinal
            ),
            text.Replace(signature, "", StringComparison.Ordinal)
                .Replace("</ceb:Payment>", signature + "</ceb:Payment>", StringComparison.Ordinal),
            $"<evil>{text}</evil>",
            text.Replace("URI=\"\"", "URI=\"#x\"", StringComparison.Ordinal),
            text.Replace("xmldsig#enveloped-signature", "xmldsig#base64", StringComparison.Ordinal),
            text.Replace("xmldsig#rsa-sha1", "xmldsig#hmac-sha1", StringComparison.Ordinal),
        ];
        Assert.All(attacks, a =>
            Assert.Equal(SignatureResult.Invalid, EnvelopedSignature.Verify(Encoding.UTF8.GetBytes(a)).Result)
        );
        Assert.Equal(
            SignatureResult.None,
            EnvelopedSignature.Verify(Encoding.UTF8.GetBytes(Canonical)).Result
        );
        Assert.Equal(
            SignatureResult.Invalid,
            EnvelopedSignature.Verify("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"u8.ToArray()).Result
        );
    }

    [Fact]
    public void A_certificate_with_an_enormous_key_is_read_in_time_and_fits_nothing()
    {
        var modulus = new BigInteger(1, Enumerable.Repeat((byte)0xF1, 2_000).ToArray());
        var key = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(
            new X509Certificate(SampleCertificate).GetPublicKey()
        );
        var info = new Org.BouncyCastle.Asn1.X509.SubjectPublicKeyInfo(
            key.Algorithm,
            new Org.BouncyCastle.Asn1.X509.RsaPublicKeyStructure(modulus, BigInteger.ValueOf(65537))
        );
        var parts = Asn1Sequence.GetInstance(SampleCertificate);
        var body = Asn1Sequence.GetInstance(parts[0]);
        var changed = new DerSequence(
            new DerSequence(
                body.Select<Asn1Encodable, Asn1Encodable>(e =>
                        e.ToAsn1Object().Equals(key.ToAsn1Object()) ? info : e
                    )
                    .ToArray()
            ),
            parts[1],
            parts[2]
        ).GetDerEncoded();
        var watch = Stopwatch.StartNew();
        Assert.False(new SigningCertificate(changed).Fits(SignatureAlgorithm.RsaSha1));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
    }

    /// <summary>White space inside base64, quote styles and the key's name are no part of what is signed.</summary>
    static bool SameMeaning(byte[] changed)
    {
        try
        {
            var a = Load(Sample);
            var b = Load(changed);
            return a == b;
        }
        catch (XmlException)
        {
            return false;
        }

        static string Load(byte[] bytes)
        {
            var document = new XmlDocument { PreserveWhitespace = true };
            using var xml = XmlReader.Create(new MemoryStream(bytes)); // ends of line become \n, as XML 1.0 wants
            document.Load(xml);
            foreach (var name in (string[])["SignatureValue", "X509Certificate", "DigestValue"])
            {
                foreach (
                    XmlElement e in document
                        .GetElementsByTagName(name, SignatureProfile.Namespace)
                        .OfType<XmlElement>()
                        .ToList()
                )
                {
                    // The last characters of base64 carry bits that nothing reads.
                    e.InnerText = Convert.ToBase64String(Convert.FromBase64String(e.InnerText));
                }
            }
            foreach (
                XmlElement e in document
                    .GetElementsByTagName("KeyName", SignatureProfile.Namespace)
                    .OfType<XmlElement>()
                    .ToList()
            )
                e.InnerText = "";
            foreach (
                XmlElement e in document
                    .GetElementsByTagName("Signature", SignatureProfile.Namespace)
                    .OfType<XmlElement>()
                    .ToList()
            )
            {
                foreach (
                    var text in e.SelectNodes(".//text()")!
                        .OfType<XmlNode>()
                        .Where(n => string.IsNullOrWhiteSpace(n.Value))
                        .ToList()
                )
                    text.ParentNode!.RemoveChild(text);
            }
            var transform = new XmlDsigC14NTransform();
            transform.LoadInput(document);
            using var reader = new StreamReader((Stream)transform.GetOutput(typeof(Stream)));
            return reader.ReadToEnd();
        }
    }

    static async Task<(byte[] Signed, SigningCertificate Certificate)> Sign(SignatureAlgorithm algorithm)
    {
        var (key, certificate) = DevelopmentCertificates.Create(
            algorithm,
            "9999900001",
            DateTimeOffset.UnixEpoch
        );
        return (
            await EnvelopedSignature.Sign(
                Encoding.UTF8.GetBytes(Canonical),
                certificate,
                SignatureProfile.Of(algorithm),
                data => ValueTask.FromResult(Raw(key, algorithm, data))
            ),
            certificate
        );
    }

    static byte[] Raw(AsymmetricKeyParameter key, SignatureAlgorithm algorithm, ReadOnlyMemory<byte> data)
    {
        ISigner signer = algorithm switch
        {
            SignatureAlgorithm.Sm2Sm3 => new SM2Signer(PlainDsaEncoding.Instance),
            SignatureAlgorithm.RsaSha1 => SignerUtilities.GetSigner("SHA1WITHRSA"),
            _ => SignerUtilities.GetSigner("SHA256WITHRSA"),
        };
        signer.Init(
            true,
            algorithm == SignatureAlgorithm.Sm2Sm3
                ? new ParametersWithID(key, SigningCertificate.DefaultUserId)
                : key
        );
        signer.BlockUpdate(data.Span);
        return signer.GenerateSignature();
    }
}
