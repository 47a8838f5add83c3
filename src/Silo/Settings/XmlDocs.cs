using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ClearanceEngine.Silo.Settings;

/// <summary>What the source says of an option: the XML files that are shipped beside the assemblies.</summary>
static class XmlDocs
{
    static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Files = new();

    /// <summary>The summary of a property; empty where there is none.</summary>
    public static string Of(PropertyInfo property) =>
        Of(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType!)}.{property.Name}");

    /// <summary>The summary of a type; empty where there is none.</summary>
    public static string Of(Type type) => Of(type.Assembly, $"T:{Name(type)}");

    /// <summary>The summary of a value of an enumeration; empty where there is none.</summary>
    public static string Of(Type enumeration, string value) =>
        Of(enumeration.Assembly, $"F:{Name(enumeration)}.{value}");

    static string Of(Assembly assembly, string member) =>
        Files.GetOrAdd(assembly, Read).GetValueOrDefault(member, "");

    static string Name(Type type) => type.FullName!.Replace('+', '.');

    /// <summary>An assembly of others may have no file; ours has one, which a test asserts.</summary>
    static Dictionary<string, string> Read(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!File.Exists(path))
            return [];
        using var reader = XmlReader.Create(
            path,
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit }
        );
        return XDocument
            .Load(reader)
            .Descendants("member")
            .Where(m => m.Element("summary") is not null)
            .ToDictionary(
                m => m.Attribute("name")!.Value,
                m => Text(m.Element("summary")!),
                StringComparer.Ordinal
            );
    }

    static string Text(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            text.Append(
                node switch
                {
                    XElement { Name.LocalName: "see" } see => $"`{LastPart(see)}`",
                    XElement code => $"`{code.Value}`",
                    XText plain => plain.Value,
                    _ => "",
                }
            );
        }
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    static string LastPart(XElement see)
    {
        var name = see.Attribute("cref")?.Value ?? see.Value;
        var end = name.IndexOf('(', StringComparison.Ordinal);
        return (end < 0 ? name : name[..end]).Split('.', ':')[^1];
    }
}
