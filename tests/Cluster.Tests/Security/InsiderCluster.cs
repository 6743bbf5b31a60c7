using ActorPool.ClusterTests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>A node with honest work, shared by tests that must not harm it.</summary>
/// <remarks>After a test that did not end with <see cref="MarkUnharmed"/>, the next test gets a new node.</remarks>
public sealed class InsiderCluster : IAsyncLifetime
{
    private bool _mayBeHarmed = true;

    internal ClusterNode Node { get; private set; } = null!;

    internal HonestWork Work { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => StopAsync();

    /// <summary>Begins a test; replaces the node if it may be harmed.</summary>
    public async Task BeginAsync()
    {
        if (_mayBeHarmed)
            await RestartAsync();
        _mayBeHarmed = true;
    }

    /// <summary>Replaces the node by one with an empty log.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        Node = await ClusterNode.StartSeedAsync(workers: 2);
        Work = await HonestWork.StartAsync(Node.Address);
    }

    /// <summary>Records that the test has checked the node.</summary>
    public void MarkUnharmed() => _mayBeHarmed = false;

    private async Task StopAsync()
    {
        using (Node)
        {
            if (Work is not null)
                await Work.DisposeAsync();
        }
    }
}
