using System.Globalization;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>A client of a cluster in a process that a test can kill and freeze.</summary>
/// <remarks>The program is the assembly of these tests.</remarks>
internal static class ClientProgram
{
    /// <summary>Starts the program; its items wait at the gate.</summary>
    /// <remarks>It has more items than any cluster of these tests has workers.</remarks>
    public static NodeProcess Start(string node, RemoteGate gate) => StartWith([], node, gate);

    /// <summary>Starts the program with further environment variables.</summary>
    public static NodeProcess StartWith(string[] environment, string node, RemoteGate gate)
    {
        var port = gate.Port.ToString(CultureInfo.InvariantCulture);
        return NodeProcess.Run("env", [.. environment, "dotnet", typeof(ClientProgram).Assembly.Location, node, port]);
    }

    public static async Task Main(string[] args)
    {
        var port = int.Parse(args[1], CultureInfo.InvariantCulture);
        await using var pool = await WorkerPool.ConnectAsync(args[0]);
        await pool.MapAsync(async (x, token) =>
        {
            await RemoteGate.PassAsync(port, string.Create(CultureInfo.InvariantCulture, $"item {x}"), token);
            return x;
        }, Enumerable.Range(0, 100).ToArray(), new JobOptions { ChunkSize = 1 });
    }
}
