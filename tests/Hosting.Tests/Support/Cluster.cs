using ActorPool.Node.Tests;

namespace ActorPool.Hosting.Tests.Support;

/// <summary>Starts processes of <c>dotnet Node.dll</c>.</summary>
internal static class Cluster
{
    public static Task<NodeProcess> StartSeedAsync(string port, int workers = 1) =>
        NodeProcess.StartAndAwaitAsync("next:", "--seed", "--port", port, "--workers", $"{workers}");

    public static Task<NodeProcess> StartNextAsync(string port, int workers = 1) =>
        NodeProcess.StartAndAwaitAsync("next:", "--join", $"127.0.0.1:{port}", "--workers", $"{workers}");
}
