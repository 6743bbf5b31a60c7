using System.Collections;
using System.Collections.ObjectModel;
using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Makes an exception from its image, and trusts none of its bytes.</summary>
/// <remarks>
/// The class must be one of the program's, or listed, and derive from <see cref="Exception"/>; this process decides which fields it has.
/// </remarks>
internal sealed class ExceptionReader(ExceptionFormat format, ReadOnlyMemory<byte> image)
{
    private readonly RecordReader _reader = new(image);

    /// <param name="failure">Its texts.</param>
    /// <param name="inner">Its inner exceptions.</param>
    /// <param name="held">The other exceptions that its fields hold.</param>
    public Exception Read(RemoteFailure failure, Exception[] inner, Exception[] held)
    {
        _reader.ReadRecordHeader(ExceptionWriter.Parts);
        var type = format.Types.Read(_reader);
        var shape = format.GetShape(type);
        var error = (Exception)Blank.Create(type);
        if (inner.Length > 1 && error is not AggregateException)
            throw new InvalidDataException($"it has [{inner.Length}] inner exceptions");
        var message = _reader.ReadByte() switch
        {
            ExceptionWriter.NoMessage => null,
            ExceptionWriter.SameMessage => failure.Message,
            ExceptionWriter.OwnMessage => _reader.ReadString(RemoteFailure.MaxImageBytes),
            var tag => throw new InvalidDataException($"No message begins with the tag [{tag}]."),
        };
        var hresult = _reader.ReadInt32();
        var helpLink = _reader.ReadOptionalString(RemoteFailure.MaxImageBytes);
        var source = _reader.ReadOptionalString(RemoteFailure.MaxImageBytes);
        var data = ReadData();
        var state = ReadState(shape);
        shape.State?.Restore(error, state, inner);
        ExceptionBase.Restore(error, hresult, inner.FirstOrDefault(), failure.StackTrace);
        ExceptionBase.Message(error) = message;
        ExceptionBase.HelpLink(error) = helpLink;
        ExceptionBase.Source(error) = source;
        ExceptionBase.Data(error) = data;
        var fields = _reader.ReadCount(ushort.MaxValue);
        if (fields != shape.Fields.Count)
            throw new InvalidDataException($"[{type}] has [{shape.Fields.Count}] fields here, and [{fields}] came");
        Exception[] all = [.. inner, .. held];
        foreach (var field in shape.Fields)
            field.SetValue(error, ReadField(field, all));
        _reader.ReadEnd();
        return error;
    }

    private IDictionary? ReadData()
    {
        var count = _reader.ReadCount(2 * ExceptionWriter.MaxData) / 2;
        if (count == 0)
            return null;
        var data = ExceptionBase.CreateData();
        for (var i = 0; i < count; i++)
        {
            var key = format.Values.Read(_reader);
            if (!ExceptionWriter.IsKey(key))
                throw new InvalidDataException($"a [{key?.GetType()}] is no key of its Data");
            data[key!] = format.Values.Read(_reader);
        }
        return data;
    }

    private object?[] ReadState(ExceptionShape shape)
    {
        var state = new object?[_reader.ReadCount(ushort.MaxValue)];
        if (state.Length != (shape.State?.Count ?? 0))
            throw new InvalidDataException($"its class has [{shape.State?.Count ?? 0}] values here, and [{state.Length}] came");
        for (var i = 0; i < state.Length; i++)
            state[i] = format.Values.Read(_reader);
        return state;
    }

    private object? ReadField(FieldInfo field, Exception[] all)
    {
        var declared = field.FieldType;
        var value = _reader.ReadByte() switch
        {
            ExceptionWriter.NoValue => null,
            ExceptionWriter.Declared => format.Values.ReadPayload(declared, _reader.ReadBytesUpTo(RemoteFailure.MaxImageBytes)),
            ExceptionWriter.Open => format.Values.Read(_reader),
            ExceptionWriter.One => all[_reader.ReadIndex(all.Length)],
            ExceptionWriter.Several => ReadExceptions(all),
            var tag => throw new InvalidDataException($"No field begins with the tag [{tag}]."),
        };
        return value is null
            ? declared.IsValueType && Nullable.GetUnderlyingType(declared) is null ? throw CreateFieldError(field, value) : null
            : declared.IsInstanceOfType(value) ? value : throw CreateFieldError(field, value);
    }

    private object ReadExceptions(Exception[] all)
    {
        var kind = _reader.ReadByte();
        var item = format.Types.Read(_reader);
        if (!typeof(Exception).IsAssignableFrom(item) || item.ContainsGenericParameters)
            throw new InvalidDataException($"[{item}] is not a class of exceptions");
        var array = Array.CreateInstance(item, _reader.ReadCount(ushort.MaxValue));
        for (var i = 0; i < array.Length; i++)
        {
            var number = _reader.ReadInt32();
            if (number >= all.Length || number < -1)
                throw new InvalidDataException($"[{number}] is none of its [{all.Length}] exceptions");
            array.SetValue(number < 0 ? null : all[number], i);
        }
        return kind switch
        {
            ExceptionWriter.ArrayOf => array,
            ExceptionWriter.ListOf => Activator.CreateInstance(typeof(List<>).MakeGenericType(item), array)!,
            ExceptionWriter.ReadOnlyOf => Activator.CreateInstance(typeof(ReadOnlyCollection<>).MakeGenericType(item), array)!,
            _ => throw new InvalidDataException($"No collection has the tag [{kind}]."),
        };
    }

    private static InvalidDataException CreateFieldError(FieldInfo field, object? value) =>
        new($"a [{value?.GetType()}] does not fit the field [{field.DeclaringType}.{field.Name}]");
}
