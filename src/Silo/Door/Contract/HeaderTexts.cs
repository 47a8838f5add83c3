using ClearanceEngine.Contracts;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Headers by which a caller says what it has and what it sent before, and those that answer (ADR 035).</summary>
static class HeaderTexts
{
    const string Tag = "\"5f1d7a84db00d2fce00b31a7fc73224c\"";

    static readonly ProblemWords TagOfAnswer = new(
        "本次答复的标签；读者不同，标签也不同。",
        "Tag of this answer; another reader's differs."
    );

    public static IEnumerable<IOpenApiParameter> Of(EndpointText text)
    {
        if (text.HasTag)
            yield return Parameter(
                HeaderNames.IfNoneMatch,
                new(
                    "已有答复的标签；未变则答复 304。",
                    "Tag of the answer that the caller has; 304 where it is still the same."
                ),
                Tag
            );
        if (!text.IsAct)
            yield break;

        yield return Parameter(
            ContractHeaders.IdempotencyKey,
            new(
                "调用方为本次操作自选的键，1 至 255 个可见 ASCII 字符；以同一键重发，得到首次的答复。",
                "A key of the caller's choice for this act, 1 to 255 visible ASCII characters; sent again under it, the first answer is given again."
            ),
            "8a1f6a0e-close-0001"
        );
        yield return Parameter(
            HeaderNames.IfMatch,
            new(
                "所见包裹的标签；已变则答复 412，不予执行。",
                "Tag of the parcel as the caller saw it; where it has changed, 412 and nothing is done."
            ),
            Tag
        );
    }

    public static void Tell(OpenApiOperation operation, EndpointText text)
    {
        if (text.HasTag)
            TellTag(operation);
        if (!text.IsAct)
            return;

        AddHeader(
            operation,
            StatusCodes.Status200OK,
            ContractHeaders.IdempotencyReplayed,
            new("true：此答复此前已给出。", "true where this answer was given before.")
        );
    }

    static void TellTag(OpenApiOperation operation)
    {
        AddHeader(operation, StatusCodes.Status200OK, HeaderNames.ETag, TagOfAnswer);
        operation.Responses![$"{StatusCodes.Status304NotModified}"] = new OpenApiResponse
        {
            Description = "与调用方已有的相同。What the caller has is still the same.",
        };
    }

    static void AddHeader(OpenApiOperation operation, int status, string name, ProblemWords words)
    {
        var response = (OpenApiResponse)operation.Responses![$"{status}"];
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader
        {
            Description = $"{words.Chinese}{words.English}",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
    }

    static OpenApiParameter Parameter(string name, ProblemWords words, string example) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = $"{words.Chinese}{words.English}",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = example,
        };
}
