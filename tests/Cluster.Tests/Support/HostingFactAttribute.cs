using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests.Support;

/// <summary>Runs only where the package ActorPool.Hosting can be built.</summary>
internal sealed class HostingFactAttribute : FactAttribute
{
    public HostingFactAttribute()
    {
        if (!File.Exists(Path.Combine(Repository.Root, "src", "Hosting", "Hosting.csproj")))
            Skip = "There is no src/Hosting/Hosting.csproj.";
    }
}
