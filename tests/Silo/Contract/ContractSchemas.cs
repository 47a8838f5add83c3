using System.Text.Json.Nodes;
using Json.Schema;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>The schemas of the contract's document, taken at their word: a member that they do not name is a fault.</summary>
internal sealed class ContractSchemas(JsonNode document)
{
    /// <summary>Fails where the value is not what the schema says.</summary>
    public void Check(string at, JsonNode schema, JsonNode? value)
    {
        var whole = JsonNode.Parse(schema.ToJsonString())!.AsObject();
        var components = document["components"]!["schemas"]!.DeepClone().AsObject();
        foreach (var (_, component) in components)
        {
            if (component!["properties"] is not null && component["additionalProperties"] is null)
                component["additionalProperties"] = false;
        }
        whole["$defs"] = components;
        var text = whole
            .ToJsonString()
            .Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);

        var result = JsonSchema
            .FromText(text)
            .Evaluate(value, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(result.IsValid, $"{at}: {value?.ToJsonString()}\n{string.Join('\n', Errors(result))}");
    }

    static IEnumerable<string> Errors(EvaluationResults result) =>
        result
            .Details.Where(d => d.Errors is not null)
            .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Key}: {e.Value}"));
}
