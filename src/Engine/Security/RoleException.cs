namespace ActorPool.Security;

/// <summary>A client asks for what the roles of its certificate do not allow.</summary>
internal sealed class RoleException(string message) : ActorPoolException(message)
{
    /// <summary>Whether an error that a node has sent is one.</summary>
    public static bool IsSentAs(Exception error) =>
        error is RemoteException remote && remote.TypeName.Equals(typeof(RoleException).FullName, StringComparison.Ordinal);
}
