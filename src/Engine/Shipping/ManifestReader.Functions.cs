using System.Buffers;
using System.Reflection;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using MessagePack;

namespace ActorPool.Shipping;

// Functions inside captured values: see ManifestWriter.Functions.cs.
internal sealed partial class ManifestReader : IFunctionReader
{
    Delegate IFunctionReader.Read(ref MessagePackReader reader, PayloadContext context)
    {
        Variable[]? variables = null;
        var head = ReadApart(ref reader, () =>
        {
            var one = ReadHead();
            variables = one.Closure is null ? null : ReadVariableNames(one.Closure.GetType());
            return one;
        });
        if (variables is not null)
            ReadVariables(ref reader, head.Closure!, variables, context);
        return head.Create(head.HasObject ? context.ReadOpen<object>(ref reader) : head.Closure);
    }

    private T ReadApart<T>(ref MessagePackReader reader, Func<T> read)
    {
        var bytes = reader.ReadBytes() ?? throw new InvalidDataException("A function has no description.");
        var outer = _body;
        _body = new RecordReader(bytes.ToArray());
        var value = read();
        _body.ReadEnd();
        _body = outer;
        return value;
    }

    private Variable[] ReadVariableNames(Type type)
    {
        var variables = new Variable[_body.ReadCount(ushort.MaxValue)];
        for (var i = 0; i < variables.Length; i++)
            variables[i] = new Variable(ReadField(type), _body.ReadBoolean());
        return variables;
    }

    private void ReadVariables(ref MessagePackReader reader, object closure, Variable[] variables, PayloadContext context)
    {
        context.Enter(new ObjectShape(
            closure.GetType(), [.. variables.Select(one => CompilerNames.FindVariable(one.Field) ?? one.Field.Name)]));
        for (var i = 0; i < variables.Length; i++)
        {
            context.SetField(i);
            var declared = variables[i].Field.FieldType;
            object? value;
            if (variables[i].IsClosure)
                value = ReadInnerClosure(ref reader, context);
            else if (declared == typeof(object))
                value = reader.TryReadNil() ? null : context.ReadOpen<object>(ref reader);
            else
                value = context.Serializer.GetBoxedReader(declared).Read(ref reader, context);
            SetField(closure, variables[i].Field, value);
        }
        context.Leave();
    }

    private object? ReadInnerClosure(ref MessagePackReader reader, PayloadContext context)
    {
        if (reader.TryReadNil())
            return null;
        var (closure, variables) = ReadApart(ref reader, () =>
        {
            var found = ReadClosure(_body.ReadByte());
            return (found, ReadVariableNames(found.GetType()));
        });
        ReadVariables(ref reader, closure, variables, context);
        return closure;
    }

    private sealed record Variable(FieldInfo Field, bool IsClosure);
}
