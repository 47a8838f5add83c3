using System.CommandLine;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance login</c>: tries a credential at the engine, and keeps it for the engine's address. A token never is an argument.</summary>
static class LoginVerb
{
    public const string Name = "login";

    public static Command Command(VerbHost host)
    {
        var options = new LoginOptions();
        var command = new Command(
            Name,
            "登录并保存凭证 log in, and keep the credential for this engine's address"
        );
        options.AddTo(command);
        host.SetAction(command, async call =>
        {
            var login = await options.Read(call);
            var me = await host.SignIn(call.Parsed, login, call.Token);

            call.Say($"[green]已登录 logged in[/] {host.Engine(call.Parsed)}");
            me.Show(call);
            return CommandLine.Done;
        });
        return command;
    }
}
