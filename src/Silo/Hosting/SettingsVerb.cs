using System.Text.Encodings.Web;
using System.Text.Json;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The settings as they are in effect, and what each means: <c>settings [--explain NAME] [--json]</c>. Starts nothing, makes
/// nothing, and shows no secret.
/// </summary>
static class SettingsVerb
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A setting in effect.</summary>
    /// <param name="Name">Its full name.</param>
    /// <param name="Value">Masked where it is secret.</param>
    /// <param name="Source">Who gave it.</param>
    sealed record Effective(string Name, string Value, string Source);

    /// <param name="explain">Name of the setting, or section, to be explained; null prints what is in effect.</param>
    /// <param name="asJson">For programs.</param>
    /// <param name="arguments">The engine's settings.</param>
    /// <param name="output">Where it is printed.</param>
    /// <param name="error">Where a refusal goes.</param>
    public static async Task<ExitCode> Run(
        string? explain,
        bool asJson,
        string[] arguments,
        TextWriter output,
        TextWriter error
    )
    {
        if (explain is not null)
            return await Explain(explain, asJson, output, error);

        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory }
        );
        var settings = EngineSettings.Look(builder.Configuration);
        var effective = InEffect(settings).ToArray();
        var faults = settings.Faults.Select(f => f.ToString()).ToArray();
        if (asJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(new { settings = effective, faults }, Json));
        else
            Print(effective, Consoles.Plain(output));
        if (faults.Length == 0)
            return ExitCode.Done;

        foreach (var fault in faults)
            await error.WriteLineAsync(fault);
        return ExitCode.Unusable;
    }

    static IEnumerable<Effective> InEffect(EngineSettings settings)
    {
        foreach (var section in SettingsCatalogue.Sections)
        {
            var defaults = SettingsCheck
                .Values(section.Name, Activator.CreateInstance(section.Options)!)
                .ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
            foreach (var value in SettingsCheck.Values(section.Name, settings.Sections[section.Name]))
            {
                var isDefault = defaults.TryGetValue(value.Name, out var usual) && Equals(usual, value.Value);
                var source = settings.Sources.Of(value.Name)
                    ?? (isDefault ? "默认 default" : "由其他设置推得 derived from others");
                yield return new(value.Name, value.Shown, source);
            }
        }
    }

    /// <summary>Those that somebody gave, or that follow from them, say where from; a long line goes on below.</summary>
    static void Print(IEnumerable<Effective> effective, IAnsiConsole console)
    {
        foreach (var setting in effective)
        {
            var first = $"{setting.Name} = {setting.Value}";
            var source = $"  [{setting.Source}]";
            if (Consoles.Columns(first + source) <= console.Profile.Width)
                console.Line($"{first + source}");
            else
            {
                console.Line($"{first}", hanging: 2);
                console.Line($"{source}", indent: 2);
            }
        }
    }

    static async Task<ExitCode> Explain(string name, bool asJson, TextWriter output, TextWriter error)
    {
        var all = SettingsCatalogue.Sections.SelectMany(SettingDescription.Of).ToArray();
        var meant = all.Where(s => IsMeant(s.Name, name)).ToArray();
        if (meant.Length == 0)
        {
            var meantName = SettingsCatalogue.NameNow(name) ?? Nearest.Of(name, all.Select(s => s.Name));
            var nearest = meantName is null ? "" : $" 是否指 did you mean: {meantName}?";
            await error.WriteLineAsync(
                $"没有设置 {Clip.Quote(name)}。There is no setting {Clip.Quote(name)}.{nearest} 全部 all: docs/settings.md"
            );
            return ExitCode.Refused;
        }
        if (asJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(meant, Json));
            return ExitCode.Done;
        }
        var console = Consoles.Plain(output);
        foreach (var line in meant.SelectMany(Lines))
            console.Line($"{line}", hanging: 4);
        return ExitCode.Done;
    }

    static IEnumerable<string> Lines(SettingDescription setting) =>
        [
            setting.Name,
            .. Both("默认 default", setting.Chinese.Default, setting.Default, none: "无 none"),
            .. setting.Unit.Length > 0 ? [$"  单位 unit: {UnitOf(setting)}"] : Array.Empty<string>(),
            .. Both("允许 allowed", setting.Allowed.Chinese.TrimStart(), setting.Allowed.English),
            .. Both("作用 effect", setting.Chinese.Text, setting.Text),
        ];

    static string UnitOf(SettingDescription setting) =>
        setting.Chinese.Unit == setting.Unit ? setting.Unit : $"{setting.Chinese.Unit} {setting.Unit}";

    /// <summary>English goes below the Chinese, where it is not the same.</summary>
    static string[] Both(string label, string chinese, string english, string none = "") =>
        chinese == english
            ? [$"  {label}: {(english.Length > 0 ? english : none)}"]
            : [$"  {label}: {chinese}", $"    {english}"];

    /// <summary>A setting by its name, numbers of entries whatever they are; or all below a section or a group.</summary>
    static bool IsMeant(string name, string asked)
    {
        var (parts, words) = (name.Split(':'), asked.Split(':'));
        return words.Length <= parts.Length
            && words
                .Zip(parts)
                .All(p =>
                    p.Second is "N" or "NAME" || p.First.Equals(p.Second, StringComparison.OrdinalIgnoreCase)
                );
    }
}
