namespace ActorPool.ClusterTests.Support;

/// <summary>A test that needs to act as another user.</summary>
/// <remarks>Where this process is not root on Linux, it is skipped with the reason.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Obstacle;

    internal static string? Obstacle { get; } =
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? null : "Only root on Linux can act as another user.";
}

/// <summary>A theory of such tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = RootFactAttribute.Obstacle;
}
