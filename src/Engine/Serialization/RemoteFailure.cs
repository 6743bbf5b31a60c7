namespace ActorPool.Serialization;

/// <summary>An exception as data, so that it can go to another process.</summary>
/// <remarks>Its texts always travel. With its image, <see cref="ExceptionFormat"/> makes the exception itself again.</remarks>
internal sealed record RemoteFailure : IWireRecord<RemoteFailure>
{
    public const int MaxTotalText = 512 * 1024; // characters of all texts together, so that a failure is never a large payload
    public const int MaxImageBytes = 1 << 20; // of the images of all levels together
    public const int MaxInnerDepth = 16;
    public const int MaxInner = 64; // of all levels together
    public const int MaxData = 32;

    /// <summary>At most three bytes a character, plus the images, plus what is between them.</summary>
    public static int MaxBytes => 4 * MaxTotalText + MaxImageBytes;

    public required string TypeName { get; init; }
    public required string Message { get; init; }
    public string? StackTrace { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Data { get; init; } = [];
    public IReadOnlyList<RemoteFailure> Inner { get; init; } = [];

    /// <summary>What <see cref="ExceptionFormat"/> makes the exception of; empty if it cannot be made.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>Why there is no image, as a phrase; null if none was tried.</summary>
    public string? Reason { get; init; }

    /// <summary>Exceptions that its fields hold, and that are not inner ones.</summary>
    public IReadOnlyList<RemoteFailure> Held { get; init; } = [];

    /// <summary>Captures an exception's texts; never throws, even if the exception's members do.</summary>
    public static RemoteFailure From(Exception error) => new FailureReader(format: null).Read(error);

    /// <summary>Makes an exception of the texts.</summary>
    public RemoteException ToException() => ToException([.. Inner.Select(inner => inner.ToException())], Reason);

    /// <summary>Makes an exception of the texts and of these inner exceptions.</summary>
    /// <param name="inner">One for each of <see cref="Inner"/>.</param>
    /// <param name="reason">Why the exception itself was not made, as a phrase.</param>
    public RemoteException ToException(IReadOnlyList<Exception> inner, string? reason)
    {
        var cause = inner.Count switch
        {
            0 => null,
            1 => inner[0],
            _ => new AggregateException(inner),
        };
        var exception = new RemoteException(TypeName, Message, StackTrace, cause, reason);
        foreach (var (key, value) in Data)
            exception.Data[key] = value;
        return exception;
    }

    public void WriteFields(RecordWriter writer)
    {
        writer.WriteRecordHeader(8);
        writer.WriteString(TypeName);
        writer.WriteString(Message);
        writer.WriteString(StackTrace);
        writer.WriteCount(2 * Data.Count);
        foreach (var (key, value) in Data)
        {
            writer.WriteString(key);
            writer.WriteString(value);
        }
        writer.WriteCount(Inner.Count);
        foreach (var inner in Inner)
            inner.WriteFields(writer);
        writer.WriteBytes(Image.Span);
        writer.WriteString(Reason);
        writer.WriteCount(Held.Count);
        foreach (var held in Held)
            held.WriteFields(writer);
    }

    public static RemoteFailure ReadFields(RecordReader reader)
    {
        var remaining = 2 * MaxInner + 1; // each of them may say that further ones were left out
        return Read(reader, depth: 0, ref remaining);
    }

    private static RemoteFailure Read(RecordReader reader, int depth, ref int remaining)
    {
        if (depth > MaxInnerDepth || --remaining < 0)
            throw new InvalidDataException("A failure has too many inner failures.");
        reader.ReadRecordHeader(8);
        var (typeName, message, stack) = (reader.ReadString(MaxBytes), reader.ReadString(MaxBytes), reader.ReadOptionalString(MaxBytes));
        var data = new KeyValuePair<string, string>[reader.ReadCount(2 * MaxData) / 2];
        for (var i = 0; i < data.Length; i++)
            data[i] = new(reader.ReadString(MaxBytes), reader.ReadString(MaxBytes));
        var inner = ReadSeveral(reader, depth + 1, ref remaining);
        var image = reader.ReadBytesUpTo(MaxImageBytes).ToArray(); // the reader's memory is used again
        var reason = reader.ReadOptionalString(MaxBytes);
        var held = ReadSeveral(reader, depth + 1, ref remaining);
        return new RemoteFailure
        {
            TypeName = typeName,
            Message = message,
            StackTrace = stack,
            Data = data,
            Inner = inner,
            Image = image,
            Reason = reason,
            Held = held,
        };
    }

    private static RemoteFailure[] ReadSeveral(RecordReader reader, int depth, ref int remaining)
    {
        var several = reader.ReadCount(MaxInner) is > 0 and var count ? new RemoteFailure[count] : [];
        for (var i = 0; i < several.Length; i++)
            several[i] = Read(reader, depth, ref remaining);
        return several;
    }
}
