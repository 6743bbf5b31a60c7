using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>The log of a node does not contain values of its callers.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("DEBUG")]
    [InlineData("WARNING")]
    public async Task No_value_of_a_caller_is_in_the_log_of_a_node(string level)
    {
        using var config = new SettingsFile(
            $"akka {{ loglevel = {level}, remote.log-received-messages = on, remote.log-sent-messages = on, actor.debug.unhandled = on }}");
        using var node = await ClusterNode.StartSeedAsync(workers: 1, "--config", config.Path);
        var (captured, input, shared) = (CreateSecret("captured"), CreateSecret("input"), CreateSecret("shared"));
        var (thrown, initial) = (CreateSecret("thrown"), CreateSecret("initial"));
        await using (var pool = await WorkerPool.ConnectAsync(node.Address, ClusterNode.AddLongTimeout()).Within("the connection"))
        {
            var broadcast = await pool.BroadcastAsync(shared).Within("the broadcast", pool);
            var results = await pool.MapAsync(x => $"{x} {captured} {broadcast.Value}", [input]).Within("the map", pool);
            Assert.Equal($"{input} {captured} {shared}", Assert.Single(results));
            var outcome = Assert.Single(await pool.TryMapAsync(Throw, [thrown]).Within("what throws", pool));
            Assert.Contains(thrown, outcome.Error!.Message, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<ActorPoolException>(
                () => pool.MapAsync(x => (object)new StringReader(x), [input]).Within("what cannot travel", pool));
        }
        var options = ClusterNode.AddLongTimeout(new WorkerPoolOptions { Initializer = () => Throw(initial) });
        await using (var pool = await WorkerPool.ConnectAsync(node.Address, options).Within("the connection"))
            await Assert.ThrowsAnyAsync<ActorPoolException>(() => pool.ApplyAsync(() => 1).Within("the failure", pool));
        await node.SignalAsync("TERM");
        await node.Process.CheckEndAsync(0);

        var log = node.Process.Log;
        Assert.All([captured, input, shared, thrown], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
        // The message of an initializer's exception is logged only at DEBUG; its type always.
        Assert.Contains("System.InvalidOperationException", log, StringComparison.Ordinal);
        Assert.Equal(level is "DEBUG", log.Contains(initial, StringComparison.Ordinal));
    }

    private static string CreateSecret(string name) => $"{name}-{Guid.NewGuid():N}";

    private static int Throw(string secret) => throw new InvalidOperationException($"It broke over {secret}.");
}
