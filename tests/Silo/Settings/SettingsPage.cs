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

        中文说明：各项设置的作用（what happens）只有英文，表头与允许范围有中文。设置可写在程序旁的 `appsettings.json`
        （`{ "Engine": { "Partitions": 16 } }`）、环境变量（`Engine__Partitions=16`）或参数（`--Engine:Partitions=16`）中，后者优先；
        `appsettings.Production.json` 优先于 `appsettings.json`。启动时先检查全部设置及其所指文件，不能工作之处一次列全，每项一行，
        退出码为 2；不认识的名称会指出最接近的名称。`clearance-silo settings` 列出生效的设置及其来源，
        `settings --explain Engine:Partitions` 说明一项；两者不启动任何部件，也不显示密钥与口令（表中标 **secret** 者）。
        时长写作 `[d.]hh:mm:ss`（`1.00:00:00` 为一天）；列表的项以序号命名（`Engine:Limits:0:From`），名值对以名称命名（`Storage:Keys:Ring:1`）。

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var section in SettingsCatalogue.Sections)
        {
            page.Append($"\n## {section.Name}\n\n{XmlDocs.Of(section.Options)}\n\n");
            page.Append(
                "| 名称 name | 默认值 default | 单位 unit | 允许范围 allowed | 作用 what happens |\n|--|--|--|--|--|\n"
            );
            foreach (var setting in SettingDescription.Of(section))
                page.Append(Row(section, setting));
        }
        return page.ToString();
    }

    static string Row(SettingsSection section, SettingDescription setting)
    {
        var name = setting.Name[(section.Name.Length + 1)..];
        var secret = setting.IsSecret ? "**secret**. " : "";
        return $"| `{name}` | {Cell(setting.Default)} | {setting.Unit} | {Cell($"{setting.Allowed.Chinese.Trim()} / {setting.Allowed.English}")} | {secret}{Cell(setting.Text)} |\n";
    }

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
