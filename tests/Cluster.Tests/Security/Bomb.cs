namespace ActorPool.ClusterTests.Security;

/// <summary>Goes off when its property is set: writes a file there.</summary>
public sealed class Bomb
{
    private readonly string _fuse = "";

    public string Fuse
    {
        get => _fuse;
        init => File.WriteAllText(_fuse = value, "");
    }
}
