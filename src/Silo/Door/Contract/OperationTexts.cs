using System.Text.Json.Nodes;
using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Writes an endpoint's text, its right and its examples into the document.</summary>
static class OperationTexts
{
    public static async Task Tell(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<EndpointText>().SingleOrDefault() is not { } text)
            return;

        // The comment of a handler, which is for us, would stand here else.
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().Single().Summary;
        operation.Description = $"{text.Words.Chinese}{text.Words.English}";
        operation.Parameters =
        [
            .. text.Parameters.Select(p => Parameter(p, context.Description.RelativePath!)),
            .. HeaderTexts.Of(text),
        ];
        if (!text.Bodies.IsEmpty)
            operation.RequestBody = await Body(text, context, cancellationToken);
        foreach (var answer in text.Answers)
            Tell(operation, answer);
        HeaderTexts.Tell(operation, text);
        foreach (var refusal in EndpointTexts.Refusals(text))
            Tell(operation, refusal);
        if (text.Group == ContractGroups.Engine)
            return;

        var document = context.Document!;
        operation.Security =
        [
            new() { [new OpenApiSecuritySchemeReference(DocumentTexts.Bearer, document)] = [] },
            new() { [new OpenApiSecuritySchemeReference(DocumentTexts.Certificate, document)] = [] },
        ];
        if (metadata.OfType<RightRequirement>().SingleOrDefault() is { } needed)
            TellRight(operation, needed.Right);
    }

    static IOpenApiParameter Parameter(ParameterText text, string path) =>
        new OpenApiParameter
        {
            Name = text.Name,
            In = path.Contains($"{{{text.Name}}}", StringComparison.Ordinal)
                ? ParameterLocation.Path
                : ParameterLocation.Query,
            Required = text.IsRequired,
            Description = $"{text.Words.Chinese}{text.Words.English}",
            Schema = new OpenApiSchema
            {
                Type = text.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String,
                Enum = text.Allowed.IsEmpty ? null : [.. text.Allowed.Select(v => (JsonNode)v)],
            },
            Example = text.IsNumber ? JsonNode.Parse(text.Example) : text.Example,
        };

    static async Task<OpenApiRequestBody> Body(
        EndpointText text,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var body = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(),
        };
        foreach (var taken in text.Bodies)
        {
            body.Content[taken.MediaType] = new OpenApiMediaType
            {
                Schema = await Schema(taken, context, cancellationToken),
                Example = ContractExamples.Node(taken.Example),
            };
        }
        return body;
    }

    /// <summary>A CEB message has its own schema, which is not ours to write.</summary>
    static async Task<IOpenApiSchema> Schema(
        BodyText body,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (body.Type is null)
            return new OpenApiSchema
            {
                Type = body.MediaType.EndsWith("json", StringComparison.Ordinal)
                    ? JsonSchemaType.Object
                    : JsonSchemaType.String,
            };

        var document = context.Document!;
        var schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken);
        document.AddComponent(body.Type.Name, schema);
        return new OpenApiSchemaReference(body.Type.Name, document);
    }

    static void Tell(OpenApiOperation operation, AnswerText answer)
    {
        var response = Response(operation, answer.Status);
        response.Description = $"{answer.Words.Chinese}{answer.Words.English}";
        foreach (var content in response.Content!.Values)
            content.Example = ContractExamples.Node(answer.Example);
        if (!answer.IsStreamed)
            return;

        response.Content["text/event-stream"] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
    }

    static void Tell(OpenApiOperation operation, RefusalText refusal)
    {
        var response = Response(operation, refusal.Status);
        if (refusal.Codes.IsEmpty)
        {
            response.Description =
                "title 为问题编码，见 docs/problems.zh-CN.md。title is the code of a problem, see docs/problems.md.";
            return;
        }

        response.Description = string.Join("\n", refusal.Codes.Select(Meaning));
        foreach (var content in response.Content!.Values)
            content.Example = Example(refusal.Status, refusal.Codes[0]);
    }

    static OpenApiResponse Response(OpenApiOperation operation, int status) =>
        (OpenApiResponse)operation.Responses![$"{status}"];

    static string Meaning(ProblemCode code)
    {
        var entry = code.FindEntry()!;
        return $"- `{code}`：{entry.Meaning.Chinese}{entry.Meaning.English}";
    }

    static JsonObject Example(int status, ProblemCode code)
    {
        var entry = code.FindEntry()!;
        return new JsonObject
        {
            ["type"] = "https://tools.ietf.org/html/rfc9110",
            ["title"] = code.Text,
            ["status"] = status,
            ["detail"] =
                $"{entry.Meaning.Chinese}{entry.Remedy.Chinese}{entry.Meaning.English} {entry.Remedy.English}",
        };
    }

    /// <summary>By the table, which is asked when the request comes, too.</summary>
    static void TellRight(OpenApiOperation operation, Right right)
    {
        var descriptor = right.Descriptor();
        var roles = RightsTable.With(right).ToArray();
        var chinese = string.Join("、", roles.Select(row => $"{row.Words.Chinese}（{ReachOf(row, right)}）"));
        var english = string.Join(", ", roles.Select(row => $"{row.Words.English} ({ReachOf(row, right)})"));
        operation.Description =
            $"{operation.Description}\n\n权限 right `{descriptor.Name}`：{chinese}; {english}.";
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-right"] = new JsonNodeExtension(descriptor.Name);
    }

    static string ReachOf(RoleRights row, Right right) => WireName.Of(row.ReachOf(right));
}
