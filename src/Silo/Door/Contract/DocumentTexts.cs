using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>What the document says before its endpoints: the way to a first parcel, and how to sign in.</summary>
static class DocumentTexts
{
    /// <summary>Names of the ways to sign in.</summary>
    public const string Bearer = "bearer",
        Certificate = "certificate";

    public static Task Tell(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "ClearanceEngine",
            Version = "1",
            Description =
                $"{ContractExamples.Text("first-parcel.zh-CN.md")}\n---\n\n{ContractExamples.Text("first-parcel.md")}",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>(ContractGroups.All.Select(Tag));
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description =
                    "身份提供方的访问令牌（客户端凭证或登录）、引擎自己的令牌（POST /connect/token，客户端凭证），或本机开发账户的令牌。An access token of the identity provider (client credentials or a sign-in), one of the engine itself (POST /connect/token with client credentials), or the token of a development account of this machine.",
            },
            [Certificate] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.MutualTLS,
                Description =
                    "双向 TLS：登记的客户端证书。Mutual TLS: a client certificate that is registered.",
            },
        };
        return Task.CompletedTask;
    }

    static OpenApiTag Tag(EndpointGroup group) =>
        new() { Name = group.Name, Description = $"{group.Words.Chinese}{group.Words.English}" };
}
