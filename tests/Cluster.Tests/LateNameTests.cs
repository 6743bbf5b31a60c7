using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Security;

namespace ActorPool.ClusterTests;

/// <summary>A seed whose name is not known to its callers at first.</summary>
public sealed class LateNameTests : IDisposable
{
    private const string Name = "later.invalid";
    private const string Script = "mount --make-rprivate / && mount --bind \"$0\" /etc/hosts && exec \"$@\"";

    private readonly Certificates _certificates = new();
    private readonly string _hosts = Path.GetTempFileName();

    public LateNameTests() => File.WriteAllText(_hosts, "127.0.0.1 localhost\n");

    public void Dispose()
    {
        File.Delete(_hosts);
        _certificates.Dispose();
    }

    [ReadOnlyRootFact]
    public async Task A_pool_connects_when_the_name_is_known()
    {
        var certificates = _certificates.For("127.0.0.1", Name);
        using var seed = await NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", "0", "--workers", "1", "--certs", certificates);
        using var demo = NodeProcess.StartWith(
            ["ACTORPOOL__CLUSTER__CONNECT_TIMEOUT=100s", $"ACTORPOOL__CLUSTER__TLS__CERTIFICATES={certificates}"],
            ["demo", "--cluster", await GetAddressAsync(seed), "--rows", "1000", "--runs", "1"], CreatePrefix());
        using var second = NodeProcess.StartWith(
            [], ["--join", await GetAddressAsync(seed), "--workers", "1", "--certs", certificates], CreatePrefix());
        await second.AwaitAsync("No answer from");

        await File.AppendAllTextAsync(_hosts, $"127.0.0.1 {Name}\n");

        await second.AwaitAsync("ready.");
        await demo.CheckEndAsync(0);
    }

    private string[] CreatePrefix() => ["unshare", "-m", "sh", "-c", Script, _hosts];

    private static async Task<string> GetAddressAsync(NodeProcess seed)
    {
        var control = await seed.AwaitAsync("control:");
        return $"{Name}:{control[(control.LastIndexOf(':') + 1)..]}";
    }
}
