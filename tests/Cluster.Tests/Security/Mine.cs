namespace ActorPool.ClusterTests.Security;

/// <summary>Goes off when it is constructed: writes a file.</summary>
public sealed class Mine
{
    public Mine()
    {
        if (Fuse is { } fuse)
            File.WriteAllText(fuse, "");
    }

    public static string? Fuse { get; set; }
}
