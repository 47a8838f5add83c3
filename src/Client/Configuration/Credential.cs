using System.Text.Json;

namespace ClearanceEngine.Client.Configuration;

/// <summary>The token that requests are sent with.</summary>
static class Credential
{
    const string DevelopmentFile = "data/development-accounts.json",
        Developer = "developer";

    /// <summary>What the environment says; else, for an engine of this machine, its developer's, where the command runs beside its data.</summary>
    /// <returns>Null where there is none: the engine then says what it wants.</returns>
    public static string? Of(Surroundings around, Uri engine) =>
        around.Given(ClientVariables.Token) ?? (engine.IsLoopback ? OfDeveloper() : null);

    static string? OfDeveloper()
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(DevelopmentFile));
            return file
                .RootElement.GetProperty("accounts")
                .EnumerateArray()
                .First(account => account.GetProperty("name").GetString() == Developer)
                .GetProperty("token")
                .GetString();
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
            )
        {
            return null;
        }
    }
}
