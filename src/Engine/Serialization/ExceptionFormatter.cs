using System.Buffers;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats exceptions that values hold, as those that functions throw.</summary>
/// <remarks>
/// An exception arrives with its class, texts, stack, <see cref="Exception.Data"/>, inner exceptions and the fields of its class. One that
/// cannot be made again is refused: what is thrown becomes a <see cref="RemoteException"/> then, but a value would be another one. Its
/// class may be any that derives from <typeparamref name="T"/>. Its fields may hold values with exceptions, a few deep.
/// </remarks>
internal sealed class ExceptionFormatter<T> : IMessagePackFormatter<T?>
    where T : Exception
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (context.Graph.IsOn && context.Graph.TryWriteReference(ref writer, value))
            return;
        context.Graph.BeginClosed(value);
        using (ExceptionNesting.Enter())
        {
            var failure = context.Serializer.Exceptions.Capture(value);
            if (FindReason(failure, value) is { } reason)
            {
                throw context.CreateError(
                    $"The exception [{TypeText.Format(value.GetType())}] cannot be made again in another process: {reason}.",
                    "Throw it, and it arrives with all of its texts; or send its message.");
            }
            var bytes = new ArrayBufferWriter<byte>();
            failure.WriteFields(new RecordWriter(bytes));
            writer.Write(bytes.WrittenSpan);
        }
        context.Graph.EndClosed(value);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        if (GraphMarks.IsNext(ref reader))
            return context.ReadMarked<T>(ref reader);
        var number = context.Graph.IsOn ? context.Graph.Reserve() : 0;
        var bytes = reader.ReadBytes() ?? throw new MessagePackSerializationException("The bytes of an exception are nil.");
        using var nesting = ExceptionNesting.Enter();
        var fields = new RecordReader(bytes.ToArray());
        var failure = RemoteFailure.ReadFields(fields);
        fields.ReadEnd();
        var made = context.Serializer.Exceptions.Create(failure);
        if (made is not T error || made is RemoteException && !failure.Image.IsEmpty)
        {
            throw new MessagePackSerializationException(
                $"A [{made.GetType()}] is no [{TypeText.Format(typeof(T))}]: {(made as RemoteException)?.Reason}");
        }
        if (context.Graph.IsOn)
            context.Graph.Set(number, error);
        return error;
    }

    // Also inside: an inner exception would be another one as well.
    private static string? FindReason(RemoteFailure failure, Exception? value) =>
        failure.Image.IsEmpty && value is not RemoteException && failure.Reason is { } reason ? reason
        : failure.Inner.Concat(failure.Held).Select(inner => FindReason(inner, value: null)).FirstOrDefault(one => one is not null);
}

/// <summary>Counts how deep exceptions are in values of exceptions.</summary>
/// <remarks>Each level begins anew, on the same stack.</remarks>
internal readonly ref struct ExceptionNesting
{
    private const int MaxDepth = 8;

    [ThreadStatic]
    private static int s_depth;

    private readonly bool _isInside;

    private ExceptionNesting(bool isInside) => _isInside = isInside;

    /// <exception cref="PayloadException">It is too deep.</exception>
    public static ExceptionNesting Enter()
    {
        if (s_depth >= MaxDepth)
        {
            throw new PayloadException(
                $"More than [{MaxDepth}] exceptions hold each other in values of their fields. Make them inner exceptions.");
        }
        s_depth++;
        return new ExceptionNesting(isInside: true);
    }

    public void Dispose() => s_depth -= _isInside ? 1 : 0;
}
