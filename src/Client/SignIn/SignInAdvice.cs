using System.Net;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>What to do for who was turned away: the engine says why, its client says how.</summary>
static class SignInAdvice
{
    /// <summary>The engine's words with the commands that help; the words alone where it did not turn anybody away.</summary>
    /// <param name="refusal">The engine's answer.</param>
    /// <param name="call">What was asked, and with which credential.</param>
    public static string Text(ClearanceException refusal, VerbCall call) =>
        refusal.Status switch
        {
            HttpStatusCode.Unauthorized => $"{refusal.Message} {NotSignedIn(call)}",
            HttpStatusCode.Forbidden => $"{refusal.Message} {NotAllowed(call)}",
            _ => refusal.Message,
        };

    static string NotSignedIn(VerbCall call)
    {
        var origin = call.Host.CredentialOrigin is { } used
            ? $"所用凭证 the credential was {used}."
            : "本次未使用凭证。No credential was at hand.";
        var development = call.Host.Engine(call.Parsed).IsLoopback
            ? $" （本机开发引擎 a development engine on this machine: {call.Words(LoginVerb.Name, "--dev")}）"
            : "";
        return $"{origin} 登录 log in: {call.Words(LoginVerb.Name, "--token-file", "FILE")}{development}";
    }

    static string NotAllowed(VerbCall call) =>
        $"查看本账户的权限 what this account may do: {call.Words(WhoAmIVerb.Name)}; 换用账户 another account: {call.Words(LoginVerb.Name, "--token-file", "FILE")}";
}
