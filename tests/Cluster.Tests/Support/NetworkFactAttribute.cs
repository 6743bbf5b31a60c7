namespace ActorPool.ClusterTests.Support;

/// <summary>A test that needs network namespaces; it is skipped with the reason where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_whyNot = new(() => Network.WhyNotAsync().GetAwaiter().GetResult());

    public NetworkFactAttribute() => Skip = s_whyNot.Value;
}
