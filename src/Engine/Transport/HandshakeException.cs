namespace ActorPool.Transport;

/// <summary>The two sides of a data connection did not come together; the message says what to do about it.</summary>
internal sealed class HandshakeException : ActorPoolException
{
    public HandshakeException() { }

    public HandshakeException(string? message) : base(message) { }

    public HandshakeException(string? message, Exception? innerException) : base(message, innerException) { }
}
