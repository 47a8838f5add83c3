using System.Net.Mime;
using ClearanceEngine.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary><c>GET /openapi/v1.json</c>: the contract, made from the mapping and its texts, once (ADR 032).</summary>
sealed class ContractDocument([FromKeyedServices(ContractDocument.Name)] IOpenApiDocumentProvider provider)
{
    /// <summary>Of the document among the host's.</summary>
    public const string Name = "v1";

    readonly Lazy<Task<byte[]>> _bytes = new(() => Make(provider));

    public static void Add(IServiceCollection services)
    {
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            // A HEAD is its GET without the body.
            options.ShouldInclude = description => description.HttpMethod != HttpMethods.Head;
            options.AddOperationTransformer(OperationTexts.Tell);
            options.AddSchemaTransformer(SchemaTexts.Tell);
            options.AddDocumentTransformer(DocumentTexts.Tell);
        });
        services.AddSingleton<ContractDocument>();
    }

    public static async Task<IResult> Show(ContractDocument document) =>
        Results.Bytes(await document._bytes.Value, MediaTypeNames.Application.Json);

    static async Task<byte[]> Make(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var bytes = new MemoryStream();
        await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1);
        return bytes.ToArray();
    }
}
