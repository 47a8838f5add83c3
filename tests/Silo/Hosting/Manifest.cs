using YamlDotNet.Serialization;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A rendered Kubernetes object, or a part of one.</summary>
sealed class Manifest(object? node)
{
    /// <summary>All objects that a folder of k8s/ renders to.</summary>
    public static IReadOnlyList<Manifest> Render(string folder)
    {
        Parts.Require(Commands.Has("kubectl"), "kubectl is not installed");
        var (code, text) = Commands.Run(
            "kubectl",
            $"kustomize {Path.Combine(Repository.Root, "k8s", folder)}"
        );
        Assert.True(code == 0, text);
        var yaml = new DeserializerBuilder().Build();
        return
        [
            .. text.Split("\n---\n").Select(document => new Manifest(yaml.Deserialize<object>(document))),
        ];
    }

    /// <summary>A member, or nothing: a part that is not there has no members and no text.</summary>
    public Manifest this[string name] =>
        new(node is Dictionary<object, object> map ? map.GetValueOrDefault(name) : null);

    public IEnumerable<Manifest> Items => node is List<object> list ? list.Select(i => new Manifest(i)) : [];

    public string? Text => node as string;

    public bool IsThere => node is not null;

    public Manifest Named(string name) => Items.Single(i => i["name"].Text == name);
}
