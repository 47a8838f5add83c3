using System.CommandLine;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance whoami</c>: who this client is to the engine, and what it may do there.</summary>
static class WhoAmIVerb
{
    public const string Name = "whoami";

    public static Command Command(VerbHost host)
    {
        var command = new Command(
            Name,
            "查看当前账户、角色与权限 who this client is to the engine: roles, participants, rights"
        );
        host.SetAction(command, async call =>
        {
            MePage.Of(await call.Client.Me(call.Token)).Show(call);
            return CommandLine.Done;
        });
        return command;
    }
}
