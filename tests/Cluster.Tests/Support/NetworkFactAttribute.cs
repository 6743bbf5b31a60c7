namespace ActorPool.ClusterTests.Support;

/// <summary>A test that needs network namespaces; elsewhere it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_obstacle = new(() => Network.FindObstacleAsync().GetAwaiter().GetResult());

    public NetworkFactAttribute() => Skip = Obstacle;

    internal static string? Obstacle => s_obstacle.Value;
}

/// <summary>A test that also needs a <see cref="SlowLink"/>; elsewhere it is skipped with the reason.</summary>
/// <remarks>On some machines only root may use the device for virtual interfaces, also in a user namespace.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlowLinkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_obstacle = new(Tap.FindObstacle);

    public SlowLinkFactAttribute() => Skip = NetworkFactAttribute.Obstacle ?? s_obstacle.Value;
}
