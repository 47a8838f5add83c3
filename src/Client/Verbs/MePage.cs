using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>Who somebody is to the engine, as JSON or for people. Names that this client does not know are shown as they are.</summary>
sealed class MePage
{
    readonly JsonElement _answer;
    readonly MeResponse _me;

    MePage(JsonElement answer, MeResponse me) => (_answer, _me) = (answer, me);

    /// <exception cref="JsonException">What answered is not the engine.</exception>
    public static MePage Of(JsonElement answer)
    {
        var me = answer.Deserialize<MeResponse>(ClearanceClient.Json);
        return me is { Name: not null, Rights: not null }
            ? new MePage(answer, me)
            : throw new JsonException("no name, no rights");
    }

    public void Show(VerbCall call)
    {
        if (call.AsJson)
            call.Print(_answer);
        else
            Draw(call, _me);
    }

    static void Draw(VerbCall call, MeResponse me)
    {
        call.Say($"[bold]{me.Name}[/] {me.Kind}");
        call.Say($"角色 roles: {Listed(me.Roles?.Select(RoleWords))}");
        call.Say($"企业 participants: {Listed(me.Participants)}");
        call.Say($"凭证 credential: {call.Host.CredentialOrigin ?? "无 none"}");
        if (me.Rights is not { Count: > 0 } rights)
            return;

        call.Console.WriteLine();
        var listing = new Listing("权限 right", "范围 reach", "内容 what it allows");
        foreach (var right in rights)
            listing.Add(right.Right, ReachWords(right.Reach), RightWords(right.Right));
        call.Console.Write(listing);
    }

    static string Listed(IEnumerable<string>? names) =>
        names?.ToArray() is { Length: > 0 } some ? string.Join(", ", some) : "无 none";

    static string RoleWords(string name) =>
        RightsTable.Rows.FirstOrDefault(row => WireName.Of(row.Role) == name) is { } known
            ? $"{known.Words.Chinese} {name}"
            : name;

    static string? ReachWords(string? name) =>
        name switch
        {
            "own" => "本企业 own",
            "all" => "全部 all",
            _ => name,
        };

    static string RightWords(string? name) =>
        Rights.All.FirstOrDefault(right => right.Name == name) is { } known
            ? $"{known.Words.Chinese} {known.Words.English}"
            : "";
}
