using System.CommandLine;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance logout</c>: forgets the login that is kept for the engine's address.</summary>
static class LogoutVerb
{
    /// <param name="Url">The engine's address.</param>
    /// <param name="Forgotten">False when no login was kept for it.</param>
    sealed record Outcome(string Url, bool Forgotten);

    public static Command Command(VerbHost host)
    {
        var command = new Command(
            "logout",
            "删除为该引擎保存的登录 forget the login kept for this engine's address"
        );
        host.SetAction(command, call =>
        {
            var outcome = new Outcome($"{host.Engine(call.Parsed)}", host.SignOut(call.Parsed));
            if (call.AsJson)
                call.Print(outcome);
            else if (outcome.Forgotten)
                call.Say($"已删除登录 the login is forgotten: {outcome.Url}");
            else
                call.Say($"没有为该地址保存登录 no login was kept: {outcome.Url}");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
