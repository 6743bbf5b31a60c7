using System.Text;

namespace ActorPool;

/// <summary>What a function threw in another process, as text: the exception itself could not come.</summary>
/// <remarks>
/// Exceptions come back from nodes as themselves: those of the program, whose fields travel as values do, and the usual ones of .NET. This
/// one stands for the others, for example for one that holds an open stream, or for a class of .NET that few programs throw.
/// <see cref="Exception.Message"/> has the original's type and message, and says why it did not come.
/// <see cref="Exception.InnerException"/> is the original's, or an <see cref="AggregateException"/> of several; one that could not come is
/// again a <see cref="RemoteException"/>. <see cref="Exception.Data"/> has up to 32 of the original's entries with string keys, as text.
/// Texts over 64 K characters are cut, and say so; so are entries of the data over 4 K, and what exceeds 512 K in all.
/// </remarks>
public sealed class RemoteException : ActorPoolException
{
    /// <summary>Creates the image of an exception that another process threw.</summary>
    /// <param name="typeName">Full name of the original's type.</param>
    /// <param name="message">The original's message.</param>
    /// <param name="remoteStackTrace">The original's stack as text, if it had one.</param>
    /// <param name="innerException">The original's inner exception.</param>
    /// <exception cref="ArgumentNullException"><paramref name="typeName"/> is null.</exception>
    /// <remarks>For the pool, and for tests of code that handles one.</remarks>
    public RemoteException(string typeName, string? message, string? remoteStackTrace = null, Exception? innerException = null)
        : this(typeName, message, remoteStackTrace, innerException, reason: null)
    {
    }

    internal RemoteException(string typeName, string? message, string? remoteStackTrace, Exception? innerException, string? reason)
        : base(Describe(typeName, message, reason), innerException)
    {
        ArgumentNullException.ThrowIfNull(typeName);
        TypeName = typeName;
        RemoteMessage = message ?? "";
        RemoteStackTrace = remoteStackTrace;
        Reason = reason;
    }

    /// <summary>Full name of the type that was thrown, for example <c>System.FormatException</c>.</summary>
    public string TypeName { get; }

    /// <summary>The original's message, without its type.</summary>
    public string RemoteMessage { get; }

    /// <summary>The stack in the process that threw; <see langword="null"/> when it was never thrown.</summary>
    /// <value>The function's frames come first.</value>
    public string? RemoteStackTrace { get; }

    /// <summary>Why the exception itself did not come, as a phrase; null where it is unknown.</summary>
    internal string? Reason { get; }

    /// <summary>The name of the original's type, without its namespace.</summary>
    internal string ShortTypeName
    {
        get
        {
            var name = TypeName.Split('[', 2)[0]; // type arguments have namespaces, too
            return name[(name.LastIndexOfAny(['.', '+']) + 1)..];
        }
    }

    /// <summary>Shows the original's type, message, inner exceptions and frames, then this process's frames.</summary>
    /// <returns>Several lines of text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(Message);
        if (InnerException is { } inner)
            text.AppendLine().Append(" ---> ").Append(inner).AppendLine().Append("   --- End of inner exception stack trace ---");
        if (!string.IsNullOrEmpty(RemoteStackTrace))
            text.AppendLine().Append(RemoteStackTrace);
        if (StackTrace is { } local)
            text.AppendLine().AppendLine("--- End of stack trace from the other process ---").Append(local);
        return text.ToString();
    }

    private static string Describe(string typeName, string? message, string? reason) =>
        $"{typeName}: {message}{(reason is null ? "" : $" (The exception itself did not come: {reason}.)")}";
}
