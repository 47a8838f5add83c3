using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace ClearanceEngine.Signing;

/// <summary>How a signature came out.</summary>
public enum SignatureResult
{
    /// <summary>There is none.</summary>
    None,

    Valid,
    Invalid,
}

/// <summary>The check of a message's signature.</summary>
/// <param name="Result">How it came out.</param>
/// <param name="Certificate">The certificate it was made with; whose that is, the caller decides.</param>
/// <param name="Reason">Why it is invalid, and what to do.</param>
public sealed record SignatureCheck(
    SignatureResult Result,
    SigningCertificate? Certificate = null,
    string? Reason = null
)
{
    internal static SignatureCheck Invalid(string reason) => new(SignatureResult.Invalid, null, reason);
}

/// <summary>
/// Enveloped XML signatures of whole messages (SPEC22 chapter 6): inclusive C14N 1.0, one reference with URI="", last
/// child of the root. Made once, compactly, and never re-indented, so that a strict verifier accepts them.
/// </summary>
public static class EnvelopedSignature
{
    static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Signs a canonical message.</summary>
    /// <param name="canonical">The message without a signature, in canonical form.</param>
    /// <param name="certificate">The signer's certificate.</param>
    /// <param name="profile">Algorithm and identifiers.</param>
    /// <param name="sign">Signs bytes with the certificate's key: hashing included; SM2 as 64 bytes r‖s.</param>
    public static async ValueTask<byte[]> Sign(
        ReadOnlyMemory<byte> canonical,
        SigningCertificate certificate,
        SignatureProfile profile,
        Func<ReadOnlyMemory<byte>, ValueTask<byte[]>> sign
    )
    {
        var text = canonical.Span;
        var end = text.LastIndexOf("</"u8);
        var startEnd = text.IndexOf((byte)'>');
        if (end < 0 || startEnd < 0 || text[0] != '<' || text.StartsWith("<?"u8))
            throw new ArgumentException(
                "The message is not in canonical form: it must begin with its root element and have an end tag.",
                nameof(canonical)
            );
        var digest = Convert.ToBase64String(SignatureProfile.Digest(profile.DigestMethod, text)!);

        var apex = Namespaces(Encoding.UTF8.GetString(text[..startEnd]));
        var info =
            $"<ds:CanonicalizationMethod Algorithm=\"{SignatureProfile.C14N}\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{profile.SignatureMethod}\"></ds:SignatureMethod>"
            + $"<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{SignatureProfile.Enveloped}\"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"{profile.DigestMethod}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>";
        var value = await sign(Encoding.UTF8.GetBytes($"<ds:SignedInfo{apex}>{info}")).ConfigureAwait(false);
        var signature = Encoding.UTF8.GetBytes(
            $"<ds:Signature xmlns:ds=\"{SignatureProfile.Namespace}\"><ds:SignedInfo>{info}<ds:SignatureValue>{Convert.ToBase64String(value)}</ds:SignatureValue>"
                + $"<ds:KeyInfo><ds:KeyName>{certificate.Serial}</ds:KeyName><ds:X509Data><ds:X509Certificate>{Convert.ToBase64String(certificate.Der)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
        );

        var signed = new byte[canonical.Length + signature.Length];
        canonical.Span[..end].CopyTo(signed);
        signature.CopyTo(signed, end);
        canonical.Span[end..].CopyTo(signed.AsSpan(end + signature.Length));
        return signed;
    }

    /// <summary>Checks the signature of a message of any formatting. Never throws for bad input.</summary>
    public static SignatureCheck Verify(ReadOnlyMemory<byte> xml)
    {
        XmlDocument document;
        try
        {
            document = Load(xml);
        }
        catch (Exception e) when (e is XmlException or DecoderFallbackException)
        {
            return SignatureCheck.Invalid(
                $"报文不是有效的 UTF-8 XML。Not well-formed XML in UTF-8: {e.Message}"
            );
        }

        if (
            document.FirstChild is XmlDeclaration { Encoding: { Length: > 0 } encoding }
            && !encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
        )
            return SignatureCheck.Invalid(
                "报文声明的编码不是 UTF-8。The message declares another encoding than UTF-8."
            );

        var found = document.GetElementsByTagName("Signature", SignatureProfile.Namespace);
        if (found.Count == 0)
            return new SignatureCheck(SignatureResult.None);
        if (found.Count > 1)
            return SignatureCheck.Invalid("报文含有多个签名。More than one ds:Signature.");

        var signature = (XmlElement)found[0]!;
        if (signature.ParentNode != document.DocumentElement)
            return SignatureCheck.Invalid(
                "签名不是根元素的子元素。The ds:Signature is not a child of the root element."
            );

        try
        {
            return Verify(document, signature);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a broken certificate or base64 makes the libraries throw: it is bad input, not a fault of ours.
            return SignatureCheck.Invalid($"签名无法解析。The signature cannot be read: {e.Message}");
        }
    }

    static SignatureCheck Verify(XmlDocument document, XmlElement signature)
    {
        if (IsUnfilledForm(signature))
            return SignatureCheck.Invalid(
                "报文中的 ds:Signature 是未填写的签名模板（SignatureValue 或 DigestValue 为空），并未加签；由平台代签的企业请删除 ds:Signature 元素。The ds:Signature is an unfilled form, as templates have it: its SignatureValue or DigestValue is empty, so nothing was signed. Fill it by signing the message; where the platform signs for you, remove the element."
            );
        if (
            Only(signature, "SignedInfo") is not { } info
            || Only(signature, "SignatureValue") is not { } value
        )
            return SignatureCheck.Invalid(
                "签名缺少 SignedInfo 或 SignatureValue。SignedInfo or SignatureValue is missing."
            );
        if (Unaccepted(info) is { } unaccepted)
            return unaccepted;
        if (
            Only(signature, "KeyInfo") is not { } keyInfo
            || Only(keyInfo, "X509Data") is not { } data
            || Only(data, "X509Certificate") is not { } certificateText
        )
            return SignatureCheck.Invalid("签名不含证书。The signature carries no X509Certificate.");

        var certificate = new SigningCertificate(Convert.FromBase64String(certificateText.InnerText));
        var algorithm = SignatureProfile.AlgorithmOf(Algorithm(info, "SignatureMethod"))!.Value;
        var signedInfo = Canonical(Detached(info));

        if (WrongDigest(document, signature, Only(info, "Reference")!) is { } wrong)
            return wrong;
        return certificate.Verify(algorithm, signedInfo, Convert.FromBase64String(value.InnerText))
            ? new SignatureCheck(SignatureResult.Valid, certificate)
            : SignatureCheck.Invalid(
                "签名值与证书不符。The signature value was not made with the key of its certificate."
            );
    }

    /// <summary>A template's signature has the elements and not the values; whatever else is missing in it follows from that.</summary>
    static bool IsUnfilledForm(XmlElement signature)
    {
        if (!signature.ChildNodes.OfType<XmlElement>().Any())
            return true;
        return IsBlank(Only(signature, "SignatureValue"))
            || IsBlank(Only(signature, "SignedInfo", "Reference", "DigestValue"));
    }

    static bool IsBlank(XmlElement? value) => value is not null && string.IsNullOrWhiteSpace(value.InnerText);

    /// <summary>What is signed, and by which means, must be the whole message and what SPEC22 allows; null when it is.</summary>
    static SignatureCheck? Unaccepted(XmlElement info)
    {
        if (Algorithm(info, "CanonicalizationMethod") != SignatureProfile.C14N)
            return SignatureCheck.Invalid(
                $"规范化算法不被接受。CanonicalizationMethod must be {SignatureProfile.C14N}."
            );
        if (SignatureProfile.AlgorithmOf(Algorithm(info, "SignatureMethod")) is null)
            return SignatureCheck.Invalid(
                $"签名算法 {Algorithm(info, "SignatureMethod")} 不被接受。The SignatureMethod is not accepted."
            );
        if (
            Only(info, "Reference") is not { } reference
            || reference.GetAttribute("URI") != ""
            || !reference.HasAttribute("URI")
        )
            return SignatureCheck.Invalid(
                "签名必须只引用整个报文。There must be one Reference, with URI=\"\" (the whole message)."
            );
        if (Only(reference, "Transforms") is not { } transforms || !TransformsAllowed(transforms))
            return SignatureCheck.Invalid(
                "签名的 Transform 不被接受。Only the enveloped-signature transform (and C14N after it) is accepted."
            );
        return null;
    }

    /// <summary>The digest must be that of the message without its signature; null when it is.</summary>
    static SignatureCheck? WrongDigest(XmlDocument document, XmlElement signature, XmlElement reference)
    {
        var parent = signature.ParentNode!;
        var next = signature.NextSibling;
        parent.RemoveChild(signature);
        var content = Canonical(document);
        parent.InsertBefore(signature, next);

        var digestMethod = Algorithm(reference, "DigestMethod");
        if (SignatureProfile.Digest(digestMethod, content) is not { } digest)
            return SignatureCheck.Invalid(
                $"摘要算法 {digestMethod} 不被接受。The DigestMethod is not accepted."
            );

        var signedDigest = Convert.FromBase64String(Only(reference, "DigestValue")?.InnerText ?? "");
        if (digest.AsSpan().SequenceEqual(signedDigest))
            return null;
        return SignatureCheck.Invalid(
            WasIndented(document, signature, digestMethod, signedDigest)
                ? "报文在签名后被重新排版（标签之间加入了空白或换行），签名因此失效；请原样发送加签后的报文，不要格式化。The message was indented after it was signed (blanks or line breaks were put between its tags), which breaks the signature. Send the signed bytes as they are, without formatting them."
                : "摘要不符：报文在签名后被改动（含空白）。The digest differs: the message was changed after signing, be it only white space."
        );
    }

    /// <summary>Whether the digest is right without the blanks between the tags: the commonest way to break a signature deserves its name.</summary>
    static bool WasIndented(
        XmlDocument document,
        XmlElement signature,
        string? digestMethod,
        byte[] signedDigest
    )
    {
        signature.ParentNode!.RemoveChild(signature);
        foreach (var element in document.SelectNodes("//*")!.OfType<XmlElement>().ToArray())
        {
            // A blank text of an element that holds nothing else is its value, and was there.
            if (!element.ChildNodes.OfType<XmlElement>().Any())
                continue;
            foreach (var blank in element.ChildNodes.OfType<XmlCharacterData>().ToArray())
            {
                if (blank is XmlWhitespace or XmlSignificantWhitespace)
                    element.RemoveChild(blank);
            }
        }
        return SignatureProfile
                .Digest(digestMethod, Canonical(document))
                ?.AsSpan()
                .SequenceEqual(signedDigest) == true;
    }

    static XmlDocument Load(ReadOnlyMemory<byte> xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        // As UTF-8 whatever a declaration says, like the reader of the message: what is verified is what is read. Comments are no part of the canonical form.
        if (xml.Span.StartsWith("\uFEFF"u8))
            xml = xml[3..];
        using var text = new StreamReader(
            new MemoryStream(xml.ToArray(), writable: false),
            StrictUtf8,
            detectEncodingFromByteOrderMarks: false
        );
        using var reader = XmlReader.Create(
            text,
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
            }
        );
        document.Load(reader);
        return document;
    }

    static byte[] Canonical(XmlDocument document)
    {
        var transform = new XmlDsigC14NTransform();
        transform.LoadInput(document);
        using var output = (MemoryStream)transform.GetOutput(typeof(Stream));
        return output.ToArray();
    }

    /// <summary>SignedInfo as a document of its own that declares every namespace in scope, as inclusive C14N sees it in place.</summary>
    static XmlDocument Detached(XmlElement info)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var apex = (XmlElement)document.AppendChild(document.ImportNode(info, deep: true))!;
        for (
            var ancestor = info.ParentNode as XmlElement;
            ancestor is not null;
            ancestor = ancestor.ParentNode as XmlElement
        )
        {
            foreach (XmlAttribute attribute in ancestor.Attributes)
            {
                if (
                    attribute.NamespaceURI != "http://www.w3.org/2000/xmlns/"
                    || apex.HasAttribute(attribute.Name)
                )
                    continue;
                apex.SetAttribute(attribute.Name, attribute.Value);
            }
        }
        return document;
    }

    static bool TransformsAllowed(XmlElement transforms)
    {
        var algorithms = transforms
            .ChildNodes.OfType<XmlElement>()
            .Select(t => t.GetAttribute("Algorithm"))
            .ToArray();
        return algorithms
                is [SignatureProfile.Enveloped]
                    or [SignatureProfile.Enveloped, SignatureProfile.C14N]
            && transforms.ChildNodes.OfType<XmlElement>().All(t => !t.ChildNodes.OfType<XmlElement>().Any());
    }

    static XmlElement? Only(XmlElement parent, string name) =>
        parent
            .ChildNodes.OfType<XmlElement>()
            .Where(e => e.LocalName == name && e.NamespaceURI == SignatureProfile.Namespace)
            .Take(2)
            .ToArray()
            is [var only]
            ? only
            : null;

    static XmlElement? Only(XmlElement parent, params ReadOnlySpan<string> path)
    {
        var found = (XmlElement?)parent;
        foreach (var name in path)
            found = found is null ? null : Only(found, name);
        return found;
    }

    static string? Algorithm(XmlElement parent, string name) => Only(parent, name)?.GetAttribute("Algorithm");

    /// <summary>The namespaces that the canonical SignedInfo shows: those of the root and ds, sorted by prefix.</summary>
    static string Namespaces(string rootStart)
    {
        var declared = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["xmlns:ds"] = SignatureProfile.Namespace,
        };
        foreach (var part in rootStart.Split(' ').Skip(1))
        {
            if (
                part.StartsWith("xmlns", StringComparison.Ordinal)
                && part.Split('=', 2) is [var name, var value]
            )
                declared[name] = value.Trim('"');
        }
        return string.Concat(declared.Select(d => $" {d.Key}=\"{d.Value}\""));
    }
}
