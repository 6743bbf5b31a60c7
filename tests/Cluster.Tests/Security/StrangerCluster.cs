using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Security;

namespace ActorPool.ClusterTests.Security;

/// <summary>A node with private certificates and honest work, for tests that leave it unharmed.</summary>
public sealed class StrangerCluster : IAsyncLifetime
{
    internal Certificates Certificates { get; } = new();

    internal ClusterNode Node { get; private set; } = null!;

    internal HonestWork Work { get; private set; } = null!;

    /// <summary>A directory with a certificate of the cluster's authority.</summary>
    internal string CertificateDirectory { get; private set; } = "";

    public Task InitializeAsync()
    {
        CertificateDirectory = Certificates.For("127.0.0.1");
        return StartAsync();
    }

    public async Task DisposeAsync()
    {
        using (Certificates)
            await StopAsync();
    }

    /// <summary>Replaces the node by one with an empty log.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        Node = await ClusterNode.StartSeedAsync(workers: 2, "--certs", CertificateDirectory);
        // It uses the port that the strangers call.
        Work = await HonestWork.StartAsync(
            Node.Address, $"actorpool.cluster {{ tls.certificates = \"{CertificateDirectory}\", local-socket = off }}");
    }

    private async Task StopAsync()
    {
        using (Node)
            await Work.DisposeAsync();
    }
}
