using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Hosting;

namespace ClearanceEngine.Tests.Settings;

/// <summary>The reference agrees with the catalogue, in both languages. <c>CLEARANCE_WRITE_DOCS=docs</c> makes it anew instead.</summary>
public class SettingsPageTests
{
    [Fact]
    public void The_page_agrees_with_the_catalogue() => Agree("settings.md", SettingsPage.English());

    [Fact]
    public void The_Chinese_page_agrees_with_the_catalogue() =>
        Agree("settings.zh-CN.md", SettingsPage.Chinese());

    static void Agree(string page, string written)
    {
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            File.WriteAllText(Path.Combine(Repository.Root, docs, page), written);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", page)), written);
    }

    /// <summary>A setting without a word, or a number without bounds, is no reference.</summary>
    [Fact]
    public void Every_setting_says_what_happens_and_every_number_what_is_allowed()
    {
        var all = SettingsCatalogue.Sections.SelectMany(SettingDescription.Of).ToArray();
        Assert.True(all.Length > 150, $"{all.Length} settings");
        Assert.All(all, s => Assert.True(s.Text.Length > 20, $"{s.Name} says too little: '{s.Text}'"));
        Assert.All(all.Where(s => s.Unit.Length > 0 && s.Name != "Simulator:Seed"), s =>
            Assert.Matches(new Regex(@"\d"), s.Allowed.English)
        );
    }

    /// <summary>A section that is bound somewhere else than by the catalogue would be in no reference.</summary>
    [Fact]
    public void Every_section_says_what_it_is_for() =>
        Assert.All(SettingsCatalogue.Sections, s => Assert.NotEmpty(XmlDocs.Of(s.Options)));
}
