using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace ActorPool.Node.Tests.Deploy;

/// <summary>The Kubernetes manifests, as far as a machine without Kubernetes can tell.</summary>
public sealed class KubernetesTests
{
    private static readonly IReadOnlyList<YamlMappingNode> s_manifests = DeployFiles.ReadYaml("kubernetes.yaml");

    public static TheoryData<string> Sets => ["actorpool-seed", "actorpool-node"];

    [Fact]
    public void There_are_a_headless_service_and_two_sets_of_pods()
    {
        Assert.Equal(
            ["v1 Service actorpool", "apps/v1 StatefulSet actorpool-seed", "apps/v1 StatefulSet actorpool-node"],
            s_manifests.Select(one => $"{one.Text("apiVersion")} {one.Text("kind")} {one.Text("metadata.name")}"), StringComparer.Ordinal);
        Assert.Equal("None", s_manifests[0].Text("spec.clusterIP"));
        // A second seed would begin a second cluster.
        Assert.Equal("1", s_manifests[1].Text("spec.replicas"));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_pods_command_is_one_of_the_node(string set)
    {
        var arguments = Container(set).Texts("args");

        // As Kubernetes expands them.
        DeployFiles.CheckCommand(arguments.Select(argument => argument
            .Replace("$(POD_NAME)", $"{set}-0", StringComparison.Ordinal)
            .Replace("$(POD_NAMESPACE)", "actorpool", StringComparison.Ordinal)));
        var variables = Container(set).List("env").Select(one => one.Text("name"));
        var named = arguments.SelectMany(argument => argument.Split("$(").Skip(1)).Select(rest => rest.Split(')')[0]);
        Assert.Equal(["POD_NAME", "POD_NAMESPACE"], variables.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Superset(named.ToHashSet(StringComparer.Ordinal), variables.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_service_selects_the_pods_by_their_labels(string set)
    {
        var labels = (YamlMappingNode)Find(set).Get("spec.template.metadata.labels");

        Assert.Equal(labels, Find(set).Get("spec.selector.matchLabels"));
        Assert.All((YamlMappingNode)s_manifests[0].Get("spec.selector"), label => Assert.Equal(label.Value, labels[label.Key]));
        Assert.Equal(s_manifests[0].Text("metadata.name"), Find(set).Text("spec.serviceName"));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Ports_are_those_of_the_command_and_of_the_service(string set)
    {
        var ports = Ports(Container(set).List("ports"), "containerPort");
        var arguments = Container(set).Texts("args").ToList();

        Assert.Equal(ports, Ports(s_manifests[0].List("spec.ports"), "port"));
        Assert.Equal(ports["control"], arguments[arguments.IndexOf("--port") + 1]);
        Assert.Equal(ports["data"], arguments[arguments.IndexOf("--data-port") + 1]);
        Assert.Equal($"0.0.0.0:{ports["http"]}", arguments[arguments.IndexOf("--http") + 1]);
        Assert.Equal(ports["http"], Find(set).Get("spec.template.metadata.annotations")["prometheus.io/port"].ToString());
    }

    [Theory]
    [InlineData("actorpool-seed")]
    [InlineData("actorpool-node")]
    public void Probes_ask_the_pages_that_a_node_serves(string set)
    {
        foreach (var (probe, path) in new[] { ("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz") })
        {
            Assert.Equal(path, Container(set).Text($"{probe}.httpGet.path"));
            Assert.Equal("http", Container(set).Text($"{probe}.httpGet.port"));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task A_pod_has_the_time_to_run_its_hook_and_to_drain(string set)
    {
        var hook = Container(set).Texts("lifecycle.preStop.exec.command");
        using var process = NodeProcess.Run(hook[0], [.. hook.Skip(1).Select(_ => "0")]);
        await process.CheckEndAsync(0);

        var grace = Find(set).Text("spec.template.spec.terminationGracePeriodSeconds");
        Assert.True(DeployFiles.ReadSeconds(grace) > DeployFiles.TimeToEnd + DeployFiles.ReadSeconds(hook[1]));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void What_a_node_writes_is_on_volumes_and_all_else_is_read_only(string set)
    {
        var volumes = Find(set).List("spec.template.spec.volumes").Select(one => one.Text("name")).Order(StringComparer.Ordinal);
        var mounts = Container(set).List("volumeMounts").ToDictionary(
            one => one.Text("mountPath"), one => one.Text("name"), StringComparer.Ordinal);

        Assert.Equal(volumes, mounts.Values.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("true", Container(set).Text("securityContext.readOnlyRootFilesystem"));
        var arguments = Container(set).Texts("args").ToList();
        Assert.Contains(arguments[arguments.IndexOf("--certs") + 1], mounts);
        Assert.Contains("/tmp", mounts);
        Assert.Contains("/var/cache/actorpool", mounts); // the image's ACTORPOOL__CLUSTER__CODE_CACHE
    }

    private static YamlMappingNode Find(string set) =>
        s_manifests.Single(one => one.Text("metadata.name").Equals(set, StringComparison.Ordinal));

    private static YamlNode Container(string set) => Assert.Single(Find(set).List("spec.template.spec.containers"));

    private static SortedDictionary<string, string> Ports(IReadOnlyList<YamlNode> ports, string key)
    {
        var byName = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var port in ports)
            byName.Add(port.Text("name"), int.Parse(port.Text(key), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        return byName;
    }
}
