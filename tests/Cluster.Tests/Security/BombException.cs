using System.Runtime.Serialization;

namespace ActorPool.ClusterTests.Security;

/// <summary>Goes off when it is deserialized: writes the file that its message names.</summary>
public sealed class BombException : Exception
{
    public BombException() { }

    public BombException(string message) : base(message) { }

    public BombException(string message, Exception innerException) : base(message, innerException) { }

#pragma warning disable SYSLIB0051 // obsolete, and still what Akka calls
    [Obsolete("As its base.")]
    private BombException(SerializationInfo info, StreamingContext context) : base(info, context) =>
        File.WriteAllText(info.GetString(nameof(Exception.Message))!, "");
#pragma warning restore SYSLIB0051
}
