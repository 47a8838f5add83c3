using System.Reflection;

namespace ClearanceEngine.Silo.Settings;

/// <summary>
/// Compares what is written with what the catalogue knows, before anything is bound: names that do not exist and texts that are
/// no value of their type are told in our words, all at once; the rest is bound.
/// </summary>
sealed class SettingsReader(IConfiguration configuration, SettingSources sources)
{
    /// <summary>For a bare name as short as most sections' are, more than a letter makes it another's.</summary>
    const int LettersOfEnvironment = 5;

    readonly List<SettingFault> _faults = [];
    readonly Dictionary<string, string?> _sound = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>A section's options; what is not written, or cannot be, keeps its default.</summary>
    public object Read(SettingsSection section)
    {
        ReadGroup(configuration.GetSection(section.Name), section.Name, section.Options);
        var options = Activator.CreateInstance(section.Options)!;
        var sound = new ConfigurationBuilder().AddInMemoryCollection(_sound).Build();
        sound.GetSection(section.Name).Bind(options);
        return options;
    }

    /// <summary>
    /// Names at the top that nobody knows. Of the environment only those are ours that have parts (<c>Kafa__Servers</c>) and are
    /// nearly the name of a section, or once were one: it is full of names that are meant for others.
    /// </summary>
    public void RefuseStrangers()
    {
        string[] known = [.. SettingsCatalogue.Roots, .. SettingsCatalogue.OfFramework];
        var strangers = sources
            .Roots()
            .Where(r => !known.Contains(r.Name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(r => Strangers(r, known))
            .DistinctBy(s => s.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in strangers)
            Refuse(name, text);
    }

    static IEnumerable<(string Name, string Text)> Strangers(SettingSources.Root root, string[] known)
    {
        if (root.IsEnvironment && !root.HasParts)
            return [];
        if (SettingsCatalogue.NameNow(root.Name) is not null)
            return root.Leaves.Select(leaf => (leaf, Former(SettingsCatalogue.NameNow(leaf)!)));

        var most = root.Name.Length > LettersOfEnvironment ? 2 : 1;
        var nearest = root.IsEnvironment
            ? Nearest.Of(root.Name, SettingsCatalogue.Roots, most)
            : Nearest.Of(root.Name, known);
        if (root.IsEnvironment && nearest is null)
            return [];
        return root.Leaves.Select(leaf =>
            (leaf, Unknown(nearest, nearest + leaf[root.Name.Length..], SettingsCatalogue.Roots))
        );
    }

    void ReadGroup(IConfigurationSection node, string name, Type options)
    {
        // PORT and the like are in many environments, and are no section of ours.
        if (!string.IsNullOrEmpty(node.Value) && sources.IsGivenOnPurpose(node.Path))
            Refuse(
                name,
                "是一节，不是值，请写 Section:Name=值。It is a section and no value; write Section:Name=value."
            );
        var properties = SettingType.Properties(options).ToArray();
        string[] names = [.. properties.Select(p => p.Name), .. SettingsCatalogue.Within(name)];
        foreach (var child in node.GetChildren())
        {
            if (properties.FirstOrDefault(p => Same(p.Name, child.Key)) is { } property)
                ReadNode(child, $"{name}:{property.Name}", property.PropertyType, property);
            else if (!names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                var nearest = Nearest.Of(child.Key, names);
                foreach (var leaf in Leaves(child))
                    Refuse(leaf, Unknown(nearest, $"{name}:{nearest}", names.Select(n => $"{name}:{n}")));
            }
        }
    }

    void ReadNode(IConfigurationSection node, string name, Type type, PropertyInfo property)
    {
        var shape = SettingType.Shape(type);
        if (shape == SettingShape.Group)
        {
            ReadGroup(node, name, type);
            return;
        }
        if (shape == SettingShape.Value)
        {
            ReadValue(node, name, type, property);
            return;
        }
        if (!string.IsNullOrEmpty(node.Value))
            Refuse(
                name,
                shape == SettingShape.List
                    ? $"是列表，请写 {name}:0=…。It is a list; write {name}:0=…."
                    : $"是名值对，请写 {name}:NAME=…。It is a map; write {name}:NAME=…."
            );
        foreach (var child in node.GetChildren())
        {
            if (shape == SettingShape.List && !int.TryParse(child.Key, out _))
                Refuse(child.Path, $"应为序号，如 {name}:0。It must be a number, as {name}:0.");
            else
                ReadNode(child, $"{name}:{child.Key}", SettingType.Element(type), property);
        }
    }

    void ReadValue(IConfigurationSection node, string name, Type type, PropertyInfo property)
    {
        foreach (var child in node.GetChildren().SelectMany(Leaves))
            Refuse(child, $"没有此设置：{name} 是值。There is no such setting: {name} is a value.");
        if (node.Value is not { } text)
            return;
        if (
            SettingType.CanBe(type, text)
            || (text.Length == 0 && Nullable.GetUnderlyingType(type) is not null)
        )
        {
            _sound[name] = text;
            return;
        }
        var allowed = SettingWords.Of(type, property).Refusal + SettingWords.Meant(type, text);
        _faults.Add(
            new(name, SettingWords.Mask(name, property, text), allowed) { Source = sources.Of(node.Path) }
        );
    }

    void Refuse(string name, string text) => _faults.Add(new(name, null, text) { Source = sources.Of(name) });

    static string Former(string now) => $"现名为 {now}。It is called {now} now; give it by that name.";

    static string Unknown(string? nearest, string? meant, IEnumerable<string> known) =>
        nearest is null
            ? $"没有此设置，可用：{string.Join("、", known)}。There is no such setting; there are {string.Join(", ", known)}."
            : $"没有此设置，是否指 {meant}？There is no such setting; did you mean {meant}?";

    static IEnumerable<string> Leaves(IConfigurationSection node) =>
        node.GetChildren().ToArray() is { Length: > 0 } children ? children.SelectMany(Leaves) : [node.Path];

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
