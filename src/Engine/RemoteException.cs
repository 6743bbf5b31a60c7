using System.Text;

namespace ActorPool;

/// <summary>What a function threw in another process: its type's name, message and stack as text.</summary>
/// <remarks>
/// The exception itself does not travel: its type may not exist here, and may hold what cannot be sent. <see cref="Exception.Message"/> is the original's,
/// <see cref="Exception.InnerException"/> is the original's inner one as a <see cref="RemoteException"/>, or an <see cref="AggregateException"/> of those where there
/// were several, and <see cref="Exception.Data"/> has the original's entries with string keys, as text. Texts over 64 K characters are cut, and say so.
/// </remarks>
public sealed class RemoteException : ActorPoolException
{
    /// <summary>Makes the image of a remote exception; the pool does, and tests of what handles one may.</summary>
    /// <param name="typeName">Full name of the original's type.</param>
    /// <param name="message">The original's message.</param>
    /// <param name="remoteStackTrace">The original's stack as text, if it had one.</param>
    /// <param name="innerException">The original's inner exception.</param>
    public RemoteException(string typeName, string? message, string? remoteStackTrace = null, Exception? innerException = null)
        : base(message ?? "", innerException)
    {
        ArgumentNullException.ThrowIfNull(typeName);
        TypeName = typeName;
        RemoteStackTrace = remoteStackTrace;
    }

    /// <summary>Full name of the type that was thrown, for example <c>System.FormatException</c>.</summary>
    public string TypeName { get; }

    /// <summary>The stack of the process that threw, the function's own frames first; <see langword="null"/> when it was never thrown.</summary>
    public string? RemoteStackTrace { get; }

    /// <summary>Shows the original's type, message, inner exceptions and frames, then the frames of this process.</summary>
    /// <returns>Several lines of text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(TypeName).Append(": ").Append(Message);
        if (InnerException is { } inner)
            text.AppendLine().Append(" ---> ").Append(inner).AppendLine().Append("   --- End of inner exception stack trace ---");
        if (!string.IsNullOrEmpty(RemoteStackTrace))
            text.AppendLine().Append(RemoteStackTrace);
        if (StackTrace is { } local)
            text.AppendLine().AppendLine("--- End of stack trace from the other process ---").Append(local);
        return text.ToString();
    }
}
