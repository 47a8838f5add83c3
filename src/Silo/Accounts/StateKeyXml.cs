using System.Xml.Linq;
using ClearanceEngine.Silo.Storage;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Keys of data protection, which protect cookies and forms, lie in the database encrypted with the key of the state.</summary>
sealed class StateKeyXml(StateProtection protection) : IXmlEncryptor
{
    internal const string Place = "account-protection-key";

    internal const string Element = "stateKey";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var clear = System.Text.Encoding.UTF8.GetBytes(
            plaintextElement.ToString(SaveOptions.DisableFormatting)
        );
        var element = new XElement(Element, Convert.ToBase64String(protection.Protect(clear, Place)));
        return new EncryptedXmlInfo(element, typeof(StateKeyXmlReader));
    }
}

/// <summary>Made by data protection itself, by the name that stands beside each key.</summary>
/// <param name="services">Of the engine.</param>
sealed class StateKeyXmlReader(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var clear = services
            .GetRequiredService<StateProtection>()
            .Unprotect(Convert.FromBase64String(encryptedElement.Value), StateKeyXml.Place);
        return XElement.Parse(System.Text.Encoding.UTF8.GetString(clear));
    }
}
