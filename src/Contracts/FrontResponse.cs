namespace ClearanceEngine.Contracts;

/// <summary>What this is, and what can be asked here.</summary>
/// <param name="Name">Of the engine.</param>
/// <param name="Text">What it does.</param>
/// <param name="Version">Of the build.</param>
/// <param name="Health">Healthy, Degraded or Unhealthy.</param>
/// <param name="Docs">Where all of this is explained, for people.</param>
/// <param name="OpenApi">The same for programs.</param>
/// <param name="Endpoints">What can be asked.</param>
public sealed record FrontResponse(
    string Name,
    string Text,
    string Version,
    string Health,
    string Docs,
    string OpenApi,
    IReadOnlyList<EndpointResponse> Endpoints
);

/// <summary>One thing that can be asked.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Text">What it does, in both languages.</param>
public sealed record EndpointResponse(string Method, string Path, string Text);
