using System.Text;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Tests.Settings;

/// <summary>Writes <c>docs/settings.md</c> from the catalogue and the sources' own comments.</summary>
static class SettingsPage
{
    const string Head = """
        # Settings

        Generated from the options classes (`src/Silo/Settings/SettingsCatalogue.cs` lists them); a test keeps this page in step.
        `CLEARANCE_WRITE_DOCS=docs` makes it anew.

        Each is written in `appsettings.json` beside the program (`{ "Engine": { "Partitions": 16 } }`), as an environment variable
        (`Engine__Partitions=16`) or as an argument (`--Engine:Partitions=16`); the later of these wins. `appsettings.Production.json`
        comes over `appsettings.json`; [an example](examples/appsettings.production.json) holds what production needs, and
        [a schema](examples/participants.schema.json) helps an editor to write the participants' file.

        The start checks all of them, and every file that they name, before anything runs: whatever cannot work is told at once, a
        line each, with exit code 2. A name that does not exist is refused with the nearest that does. Of the environment, which holds
        others' names, too, only variables with `__` count whose first part is a section or nearly one.

        `clearance-silo settings` prints what is in effect and who gave it, `settings --explain Engine:Partitions` what one means;
        both start nothing and show no secret (**secret** below).

        Times are `[d.]hh:mm:ss` (`00:00:30`, `1.00:00:00` is a day). Entries of a list have numbers (`Engine:Limits:0:From`), of a map
        names (`Storage:Keys:Ring:1`).

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var section in SettingsCatalogue.Sections)
        {
            page.Append($"\n## {section.Name}\n\n{XmlDocs.Of(section.Options)}\n\n");
            page.Append("| name | default | unit | allowed | what happens |\n|--|--|--|--|--|\n");
            foreach (var setting in SettingDescription.Of(section))
                page.Append(Row(section, setting));
        }
        return page.ToString();
    }

    static string Row(SettingsSection section, SettingDescription setting)
    {
        var name = setting.Name[(section.Name.Length + 1)..];
        var secret = setting.IsSecret ? "**secret**. " : "";
        return $"| `{name}` | {Cell(setting.Default)} | {setting.Unit} | {Cell(setting.Allowed.English)} | {secret}{Cell(setting.Text)} |\n";
    }

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
