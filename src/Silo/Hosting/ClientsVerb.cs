using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Accounts;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The clients by which machines come in: <c>clients add|list|rotate|disable|enable|remove</c>, with the engine's settings. No engine is started; those that run know within <c>Access:Accounts:RevocationTime</c>.</summary>
static class ClientsVerb
{
    public static Task<ExitCode> Add(
        string name,
        ImmutableArray<Role> roles,
        ImmutableArray<string> participants,
        string? reason,
        string[] settings,
        TextWriter output
    ) =>
        Do(name, "add", reason, settings, async (clients, none) =>
            Tell(output, name, await clients.Add(name, roles, participants, none))
        );

    public static Task<ExitCode> List(string[] settings, TextWriter output) =>
        HostAct.Look(settings, async services =>
        {
            foreach (var client in await Registry(services).List(CancellationToken.None))
                await output.WriteLineAsync(
                    $"{client.Name}  {(client.IsEnabled ? "启用 enabled" : "停用 disabled")}  {client.Roles}  {client.Participants}  {client.AddedAt:yyyy-MM-dd HH:mm}Z"
                );
        });

    public static Task<ExitCode> Rotate(string name, string? reason, string[] settings, TextWriter output) =>
        Do(name, "rotate", reason, settings, async (clients, none) =>
            Tell(output, name, await clients.Rotate(name, none))
        );

    public static Task<ExitCode> Enable(string name, bool isEnabled, string? reason, string[] settings) =>
        Do(name, isEnabled ? "enable" : "disable", reason, settings, (clients, none) =>
            clients.Enable(name, isEnabled, none)
        );

    public static Task<ExitCode> Remove(string name, string? reason, string[] settings) =>
        Do(name, "remove", reason, settings, (clients, none) => clients.Remove(name, none));

    static Task<ExitCode> Do(
        string name,
        string what,
        string? reason,
        string[] settings,
        Func<ClientRegistry, CancellationToken, Task> act
    ) =>
        HostAct.Do(settings, AuditSubject.Client(Clip.Quote(name)), what, reason, services =>
            act(Registry(services), CancellationToken.None)
        );

    static ClientRegistry Registry(IServiceProvider services) =>
        services.GetRequiredService<ClientRegistry>();

    /// <summary>The one time that the secret is told.</summary>
    static void Tell(TextWriter output, string name, string secret) =>
        output.WriteLine(
            $"client_id      {name}\nclient_secret  {secret}\n只显示这一次，请妥善交付。It is shown this once; hand it over safely. A lost one is replaced by clients rotate."
        );
}
