namespace ActorPool.Transport;

/// <summary>A data connection could not be established; the message says what to do.</summary>
internal sealed class HandshakeException : ActorPoolException
{
    public HandshakeException() { }

    public HandshakeException(string? message) : base(message) { }

    public HandshakeException(string? message, Exception? innerException) : base(message, innerException) { }
}
