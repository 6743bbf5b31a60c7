using System.Runtime.Serialization;
using Akka.Actor;

namespace ActorPool.ClusterTests.Security;

/// <summary>Goes off, as a file at its fuse, when somebody makes one and sets its property.</summary>
public sealed class Bomb
{
    private readonly string _fuse = "";

    public string Fuse
    {
        get => _fuse;
        init => File.WriteAllText(_fuse = value, "");
    }
}

/// <summary>Goes off when somebody makes one.</summary>
public sealed class Mine
{
    public Mine()
    {
        if (Fuse is { } fuse)
            File.WriteAllText(fuse, "");
    }

    public static string? Fuse { get; set; }
}

/// <summary>Goes off when somebody reads one from another process.</summary>
public sealed class BombException : Exception
{
    public BombException() { }

    public BombException(string message) : base(message) { }

    public BombException(string message, Exception innerException) : base(message, innerException) { }

#pragma warning disable SYSLIB0051 // obsolete, and still what Akka calls
    [Obsolete("As its base.")]
    private BombException(SerializationInfo info, StreamingContext context) : base(info, context) => File.WriteAllText(info.GetString(nameof(Exception.Message))!, "");
#pragma warning restore SYSLIB0051
}

/// <summary>Goes off when it is started.</summary>
public sealed class BombActor(string fuse) : ReceiveActor
{
    protected override void PreStart() => File.WriteAllText(fuse, "");
}
