using System.Text;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Tests.Settings;

/// <summary>
/// Writes the reference of settings from the catalogue: <c>docs/settings.md</c> with the sources' own comments,
/// <c>docs/settings.zh-CN.md</c> with their translations.
/// </summary>
static class SettingsPage
{
    const string EnglishHead = """
        # Settings

        Generated from the options classes (`src/Silo/Settings/SettingsCatalogue.cs` lists them); a test keeps this page in step.
        `CLEARANCE_WRITE_DOCS=docs` makes it anew. 中文：[settings.zh-CN.md](settings.zh-CN.md), generated with the translations in
        `src/Silo/Settings/settings.zh-CN.tsv`.

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

    const string ChineseHead = """
        # 设置

        English: [settings.md](settings.md)。本页由各设置类（列于 `src/Silo/Settings/SettingsCatalogue.cs`）及其说明的译文
        （`src/Silo/Settings/settings.zh-CN.tsv`）生成，由测试保证一致；以 `CLEARANCE_WRITE_DOCS=docs` 重新生成。

        设置可写在程序旁的 `appsettings.json`（`{ "Engine": { "Partitions": 16 } }`）、环境变量（`Engine__Partitions=16`）或参数
        （`--Engine:Partitions=16`）中，后者优先；`appsettings.Production.json` 优先于 `appsettings.json`。
        [示例](examples/appsettings.production.json)列出正式环境所需的设置，[JSON Schema](examples/participants.schema.json)
        便于在编辑器中填写企业名录。

        启动时先检查全部设置及其所指文件，不能工作之处一次列全，每项一行，退出码为 2；不认识的名称会被拒绝，并指出最接近的名称。
        环境变量中也有其他程序的名称，故只看含 `__` 且首段为某一节的名称、或与之相近者。

        `clearance-silo settings` 列出生效的设置及其来源，`settings --explain Engine:Partitions` 说明一项；两者不启动任何部件，
        也不显示密钥与口令（表中标**机密**者）。

        时长写作 `[d.]hh:mm:ss`（`00:00:30`；`1.00:00:00` 为一天）。列表的项以序号命名（`Engine:Limits:0:From`），名值对的项以名称命名
        （`Storage:Keys:Ring:1`）。

        """;

    public static string English() =>
        Write(
            EnglishHead,
            "| name | default | unit | allowed | what happens |",
            section => XmlDocs.Of(section.Options),
            setting =>
                [
                    setting.Default,
                    setting.Unit,
                    setting.Allowed.English,
                    setting.IsSecret ? $"**secret**. {setting.Text}" : setting.Text,
                ]
        );

    public static string Chinese() =>
        Write(
            ChineseHead,
            "| 名称 | 默认值 | 单位 | 允许范围 | 作用 |",
            section => SettingTranslations.Of(section.Name),
            setting =>
                [
                    setting.Chinese.Default,
                    setting.Chinese.Unit,
                    setting.Allowed.Chinese.Trim(),
                    setting.IsSecret ? $"**机密**。{setting.Chinese.Text}" : setting.Chinese.Text,
                ]
        );

    static string Write(
        string head,
        string columns,
        Func<SettingsSection, string> about,
        Func<SettingDescription, string[]> cells
    )
    {
        var page = new StringBuilder(head.ReplaceLineEndings("\n"));
        foreach (var section in SettingsCatalogue.Sections)
        {
            page.Append($"\n## {section.Name}\n\n{about(section)}\n\n{columns}\n|--|--|--|--|--|\n");
            foreach (var setting in SettingDescription.Of(section))
                page.Append(Row(setting.Name[(section.Name.Length + 1)..], cells(setting)));
        }
        return page.ToString();
    }

    static string Row(string name, string[] cells) =>
        $"| `{name}` | {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
}
