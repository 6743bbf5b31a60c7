using System.Buffers;
using System.Collections;
using System.Collections.ObjectModel;
using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Writes the image of an exception: all but its stack and inner exceptions.</summary>
/// <param name="format">How its types and values are written.</param>
/// <param name="inner">Its inner exceptions, which its fields may hold, too.</param>
/// <param name="hold">Captures another exception that a field holds.</param>
internal sealed class ExceptionWriter(ExceptionFormat format, IReadOnlyList<Exception> inner, Action<Exception> hold)
{
    public const int Parts = 8;
    public const int MaxData = 1024;
    public const byte NoMessage = 0, SameMessage = 1, OwnMessage = 2;
    public const byte NoValue = 0, Declared = 1, Open = 2, One = 3, Several = 4;
    public const byte ArrayOf = 0, ListOf = 1, ReadOnlyOf = 2;

    private const int MaxDataText = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<Exception> _held = [];

    /// <summary>Whether a key may come as itself: comparing it runs nothing of the program's.</summary>
    public static bool IsKey(object? key) =>
        key is string or Guid || key is not null && (key.GetType().IsPrimitive || key.GetType().IsEnum);

    /// <param name="error">The exception.</param>
    /// <param name="message">Its message as it travels anyway.</param>
    /// <param name="source">Its source.</param>
    /// <exception cref="PayloadException">Something that it holds cannot travel.</exception>
    public byte[] Write(Exception error, string message, string? source)
    {
        var shape = format.GetShape(error.GetType());
        var writer = new RecordWriter(_bytes);
        writer.WriteRecordHeader(Parts);
        format.Types.Write(writer, error.GetType());
        WriteMessage(writer, ExceptionBase.Message(error), message);
        writer.WriteInt32(error.HResult);
        writer.WriteString(ExceptionBase.HelpLink(error));
        writer.WriteString(source);
        WriteData(writer, ExceptionBase.Data(error));
        WriteState(writer, shape.State?.Read(error) ?? []);
        writer.WriteCount(shape.Fields.Count);
        foreach (var field in shape.Fields)
            WriteField(writer, field, field.GetValue(error));
        return _bytes.WrittenSpan.ToArray();
    }

    private static void WriteMessage(RecordWriter writer, string? own, string shown)
    {
        writer.WriteByte(own is null ? NoMessage : string.Equals(own, shown, StringComparison.Ordinal) ? SameMessage : OwnMessage);
        if (own is not null && !string.Equals(own, shown, StringComparison.Ordinal))
            writer.WriteString(own);
    }

    private void WriteData(RecordWriter writer, IDictionary? data)
    {
        DictionaryEntry[] entries = data is null ? [] : [.. data.Cast<DictionaryEntry>()];
        if (entries.Length > MaxData)
            throw new PayloadException($"its Data has [{entries.Length}] entries, and the limit is [{MaxData}]");
        writer.WriteCount(2 * entries.Length);
        foreach (var entry in entries)
        {
            WriteEntry(writer, IsKey(entry.Key) ? entry.Key : Describe(entry.Key));
            WriteEntry(writer, entry.Value);
        }
    }

    // What others attach to an exception should not cost it its class: it comes as text if it cannot travel.
    private void WriteEntry(RecordWriter writer, object? value)
    {
        if (!format.Values.TryWrite(writer, value))
            format.Values.Write(writer, Describe(value!));
    }

    private static string Describe(object value) => SafeText.Cut(SafeText.Read("ToString", value.ToString) ?? "", MaxDataText);

    private void WriteState(RecordWriter writer, object?[] state)
    {
        writer.WriteCount(state.Length);
        foreach (var value in state)
            format.Values.Write(writer, value);
    }

    private void WriteField(RecordWriter writer, FieldInfo field, object? value)
    {
        if (_bytes.WrittenCount > RemoteFailure.MaxImageBytes)
            throw new PayloadException($"what it holds has more than [{RemoteFailure.MaxImageBytes}] bytes");
        try
        {
            if (value is null)
                writer.WriteByte(NoValue);
            else if (value is Exception error)
                WriteException(writer, error);
            else if (GetExceptions(value) is var (kind, item, all))
                WriteExceptions(writer, kind, item, all);
            else
                WriteValue(writer, field.FieldType, value);
        }
        catch (PayloadException e)
        {
            var name = $"{TypeText.Format(field.DeclaringType!)}.{CompilerNames.FormatField(field)}";
            throw new PayloadException($"its [{name}] cannot travel: {SafeText.GetReason(e)}", e);
        }
    }

    private void WriteValue(RecordWriter writer, Type declared, object value)
    {
        PayloadWriter payload;
        try
        {
            payload = format.Values.CreatePayload(declared, value);
        }
        catch (PayloadException) when (!declared.IsSealed && value.GetType() != declared && TryWriteOpen(writer, value))
        {
            return;
        }
        using (payload)
        {
            writer.WriteByte(Declared);
            writer.WriteBytes(payload);
        }
    }

    private bool TryWriteOpen(RecordWriter writer, object value)
    {
        var open = new ArrayBufferWriter<byte>();
        if (!format.Values.TryWrite(new RecordWriter(open), value))
            return false;
        writer.WriteByte(Open);
        _bytes.Write(open.WrittenSpan);
        return true;
    }

    private void WriteException(RecordWriter writer, Exception error)
    {
        var number = GetNumber(error);
        writer.WriteByte(One);
        writer.WriteInt32(number);
    }

    private void WriteExceptions(RecordWriter writer, byte kind, Type item, IReadOnlyList<Exception?> all)
    {
        int[] numbers = [.. all.Select(error => error is null ? -1 : GetNumber(error))];
        writer.WriteByte(Several);
        writer.WriteByte(kind);
        format.Types.Write(writer, item);
        writer.WriteCount(numbers.Length);
        foreach (var number in numbers)
            writer.WriteInt32(number);
    }

    // An exception that is also an inner one, or in another field, is the same object there.
    private int GetNumber(Exception error)
    {
        var number = 0;
        foreach (var known in inner.Concat(_held))
        {
            if (ReferenceEquals(known, error))
                return number;
            number++;
        }
        hold(error);
        _held.Add(error);
        return number;
    }

    private static (byte Kind, Type Item, IReadOnlyList<Exception?> All)? GetExceptions(object value)
    {
        if (value is not IReadOnlyList<Exception?> all)
            return null;
        var type = value.GetType();
        if (type.IsSZArray)
            return (ArrayOf, type.GetElementType()!, all);
        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : null;
        return definition == typeof(List<>) ? (ListOf, type.GetGenericArguments()[0], all)
            : definition == typeof(ReadOnlyCollection<>) ? (ReadOnlyOf, type.GetGenericArguments()[0], all)
            : definition?.Name.StartsWith("<>z__", StringComparison.Ordinal) is true // the compiler's, for a collection expression
                ? (ArrayOf, type.GetGenericArguments()[0], all)
            : null;
    }
}
