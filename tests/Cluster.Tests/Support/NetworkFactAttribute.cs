namespace ActorPool.ClusterTests.Support;

/// <summary>A test that needs network namespaces; it is skipped with the reason where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_whyNot = new(() => Network.WhyNotAsync().GetAwaiter().GetResult());

    public NetworkFactAttribute() => Skip = WhyNot;

    internal static string? WhyNot => s_whyNot.Value;
}

/// <summary>A test that needs <see cref="SlowLink"/> as well: the device for interfaces of one's own belongs to root on some machines, whatever namespace one is in.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlowLinkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_whyNot = new(Tap.WhyNot);

    public SlowLinkFactAttribute() => Skip = NetworkFactAttribute.WhyNot ?? s_whyNot.Value;
}
