using System.Globalization;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>What <c>k8s/</c> renders to keeps what it promises.</summary>
public sealed class KubernetesTests
{
    static readonly Lazy<IReadOnlyList<Manifest>> Base = new(() => Manifest.Render("base"));

    [Fact]
    public void Only_silos_reach_the_silo_port_and_everybody_the_door()
    {
        var policy = Of("NetworkPolicy", "clearance-silo")["spec"];
        Assert.Equal("silo", policy["podSelector"]["matchLabels"]["app.kubernetes.io/component"].Text);
        Assert.Equal(["Ingress", "Egress"], policy["policyTypes"].Items.Select(t => t.Text));

        var ingress = policy["ingress"].Items.ToList();
        Assert.Equal(["11111", "8080"], ingress.SelectMany(Ports).Order(StringComparer.Ordinal));
        var toSilo = ingress.Single(rule => Ports(rule).Contains("11111"));
        Assert.Equal(
            "silo",
            Assert
                .Single(toSilo["from"].Items)["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                .Text
        );
        // Out: other silos, names, PostgreSQL, Kafka, the identity provider, and nothing else.
        var egress = policy["egress"].Items.SelectMany(Ports).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["11111", "443", "53", "5432", "9092"], egress);
        Assert.Empty(Of("NetworkPolicy", "clearance-migrate")["spec"]["ingress"].Items);
        // The policies speak of the pods that there are.
        Assert.Equal("silo", Pod("Deployment")["metadata"]["labels"]["app.kubernetes.io/component"].Text);
        Assert.Equal("migrate", Pod("Job")["metadata"]["labels"]["app.kubernetes.io/component"].Text);
        Assert.Equal(
            "silo",
            Of("Service", "clearance-http")["spec"]["selector"]["app.kubernetes.io/component"].Text
        );

        static IEnumerable<string?> Ports(Manifest rule) => rule["ports"].Items.Select(p => p["port"].Text);
    }

    [Fact]
    public void Each_file_that_the_settings_name_is_mounted()
    {
        var settings = File.ReadAllText(
            Path.Combine(Repository.Root, "k8s/base/appsettings.Production.json")
        );
        string[] named = ["/etc/clearance/participants.json", "/run/secrets/hsm/pin"];
        var mounts = Container("Deployment")["volumeMounts"].Items.Select(m => m["mountPath"].Text!).ToList();
        Assert.All(named, file =>
        {
            Assert.Contains(file, settings, StringComparison.Ordinal);
            Assert.Contains(Path.GetDirectoryName(file)!, mounts);
        });
    }

    /// <summary>At an address of their own, that no policy opens to anybody but the kubelet of the pod's node.</summary>
    [Theory]
    [InlineData("base")]
    [InlineData("tls")]
    public void Probes_are_heard_when_the_door_is_full(string folder)
    {
        var objects = Manifest.Render(folder);
        var silo = objects
            .Single(m => m["kind"].Text == "Deployment")["spec"]["template"]["spec"]["containers"]
            .Named("silo");
        var port = silo["ports"].Named("probes")["containerPort"].Text;
        Assert.All(["livenessProbe", "readinessProbe", "startupProbe"], probe =>
            Assert.Equal("probes", silo[probe]["httpGet"]["port"].Text)
        );
        Assert.Equal(ApiPaths.Live, silo["livenessProbe"]["httpGet"]["path"].Text);
        Assert.Equal(ApiPaths.Ready, silo["readinessProbe"]["httpGet"]["path"].Text);

        var settings = objects.Single(m => m["kind"].Text == "ConfigMap")["data"];
        Assert.Contains(
            $"\"ProbeUrl\": \"http://0.0.0.0:{port}\"",
            settings["appsettings.Production.json"].Text,
            StringComparison.Ordinal
        );
        var opened = objects
            .Where(m => m["kind"].Text == "NetworkPolicy")
            .SelectMany(m => m["spec"]["ingress"].Items)
            .SelectMany(rule => rule["ports"].Items);
        Assert.DoesNotContain(opened, p => p["port"].Text == port);
        var service = objects.Single(m => m["kind"].Text == "Service")["spec"]["ports"];
        Assert.Equal(["http"], service.Items.Select(p => p["targetPort"].Text));
    }

    [Fact]
    public void The_gateway_has_no_port()
    {
        var ports = Container("Deployment")["ports"].Items.Select(p => p["containerPort"].Text);
        Assert.Equal(["8080", "8081", "11111"], ports);
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("Job")]
    public void A_pod_may_do_nothing_that_it_does_not_need(string kind)
    {
        var pod = Pod(kind)["spec"];
        Assert.Equal("false", pod["automountServiceAccountToken"].Text);
        Assert.Equal("clearance-silo", pod["serviceAccountName"].Text);
        Assert.Equal("false", Of("ServiceAccount", "clearance-silo")["automountServiceAccountToken"].Text);
        Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].Text);
        Assert.NotEqual("0", pod["securityContext"]["runAsUser"].Text);
        Assert.Equal("RuntimeDefault", pod["securityContext"]["seccompProfile"]["type"].Text);

        var container = Container(kind);
        Assert.Equal("true", container["securityContext"]["readOnlyRootFilesystem"].Text);
        Assert.Equal("false", container["securityContext"]["allowPrivilegeEscalation"].Text);
        Assert.Equal(["ALL"], container["securityContext"]["capabilities"]["drop"].Items.Select(c => c.Text));
        Assert.True(container["resources"]["requests"]["memory"].IsThere);
        Assert.True(container["resources"]["limits"]["memory"].IsThere);
    }

    [Fact]
    public void One_silo_at_a_time_may_be_taken_away_and_they_stand_on_several_machines()
    {
        Assert.Equal("1", Of("PodDisruptionBudget", "clearance-silo")["spec"]["maxUnavailable"].Text);
        var pod = Pod("Deployment")["spec"];
        var apart = pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"];
        Assert.Equal(
            "kubernetes.io/hostname",
            Assert.Single(apart.Items)["podAffinityTerm"]["topologyKey"].Text
        );
        var spread = Assert.Single(pod["topologySpreadConstraints"].Items);
        Assert.Equal("topology.kubernetes.io/zone", spread["topologyKey"].Text);
    }

    [Fact]
    public async Task A_pod_has_the_time_to_end_that_its_host_takes()
    {
        var directory = Directory.CreateTempSubdirectory("clearance-");
        await using var engine = EngineHost.Build([
            $"--Engine:DataDirectory={directory.FullName}",
            "--Engine:DevelopmentBrokerPort=0",
        ]);
        var host = engine.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        var stop = Container("Deployment")["lifecycle"]["preStop"]["sleep"]["seconds"];
        var patience = Seconds(Pod("Deployment")["spec"]["terminationGracePeriodSeconds"]);
        Assert.True(Seconds(stop) > TimeSpan.Zero, "no time for the Service to forget the pod");
        Assert.True(
            patience >= Seconds(stop) + host + TimeSpan.FromSeconds(5),
            $"{patience} for a pod's end is less than {Seconds(stop)} and the host's {host}"
        );
        directory.Delete(recursive: true);
    }

    /// <summary>A Job's template cannot be changed: what changes it must change its name.</summary>
    [Fact]
    public void The_migration_can_be_applied_again_and_has_another_name_when_there_are_other_scripts()
    {
        var last = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src/Silo/Storage/Sql/PostgreSql"), "*.sql")
            .Select(f => Path.GetFileName(f)[..3])
            .Max(StringComparer.Ordinal);
        var job = Base.Value.Single(m => m["kind"].Text == "Job");
        Assert.Equal($"clearance-migrate-{last}", job["metadata"]["name"].Text);
        Assert.True(Seconds(job["spec"]["ttlSecondsAfterFinished"]) > TimeSpan.Zero);
    }

    [Fact]
    public void With_tls_the_silos_get_the_three_files_and_the_engine_knows_their_settings()
    {
        var silo = Manifest
            .Render("tls")
            .Single(m => m["kind"].Text == "Deployment")["spec"]["template"]["spec"]["containers"]
            .Named("silo");
        var mounted = silo["volumeMounts"].Named("silo-tls")["mountPath"].Text;
        var set = silo["env"]
            .Items.Where(e => e["name"].Text!.StartsWith("Engine__Tls__", StringComparison.Ordinal))
            .ToDictionary(e => e["name"].Text!["Engine__Tls__".Length..], e => e["value"].Text!);
        Assert.Equal(
            typeof(SiloTlsOptions).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal),
            set.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(set.Values, path => Assert.StartsWith($"{mounted}/", path, StringComparison.Ordinal));
    }

    static Manifest Of(string kind, string name) =>
        Base.Value.Single(m => m["kind"].Text == kind && m["metadata"]["name"].Text == name);

    static Manifest Pod(string kind) => Base.Value.Single(m => m["kind"].Text == kind)["spec"]["template"];

    static Manifest Container(string kind) => Assert.Single(Pod(kind)["spec"]["containers"].Items);

    static TimeSpan Seconds(Manifest number) =>
        TimeSpan.FromSeconds(int.Parse(number.Text!, CultureInfo.InvariantCulture));
}
