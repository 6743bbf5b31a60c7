using System.Buffers;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>The types that a run of items names.</summary>
/// <remarks>
/// Each is described once, at its first use, and has a number from then on. A description is a number in <see cref="FrameworkTypes"/>, or
/// the version id of a module of the session and a row in it, with type arguments; or an array of such a type. There are no names.
/// </remarks>
internal sealed class TypeTable(ITypeDirectory directory)
{
    private const int MaxTypes = 4096;
    private const int MaxDepth = 32;
    private const int OfModule = -1, OfArray = -2, OfMatrix = -3;

    private readonly Dictionary<Type, int> _numbers = [];
    private readonly List<Type> _types = [];

    /// <summary>Writes a mark for a type, with its description if it is new.</summary>
    /// <exception cref="PayloadException">The other side cannot have the type.</exception>
    public void Write(ref MessagePackWriter writer, Type type)
    {
        if (_numbers.TryGetValue(type, out var number))
        {
            GraphMarks.Write(ref writer, GraphMark.Typed, number + 1);
            return;
        }
        GraphMarks.Write(ref writer, GraphMark.Typed);
        if (type.IsArray)
        {
            writer.Write(type.IsSZArray ? OfArray : OfMatrix);
            if (!type.IsSZArray)
                writer.Write(type.GetArrayRank());
            Write(ref writer, type.GetElementType()!);
        }
        else
        {
            WriteDefinition(ref writer, type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type, type);
            if (type.IsConstructedGenericType)
            {
                foreach (var argument in type.GetGenericArguments())
                    Write(ref writer, argument);
            }
        }
        // Numbered after its parts, because the reader reads these first.
        _numbers[type] = _numbers.Count;
    }

    /// <summary>Reads what follows a mark for a type.</summary>
    /// <param name="reader">The reader, behind the mark.</param>
    /// <param name="number">The mark's number.</param>
    /// <exception cref="MessagePackSerializationException">The bytes describe no type that a payload may name.</exception>
    public Type Read(ref MessagePackReader reader, int number) => Read(ref reader, number, depth: 0);

    private Type Read(ref MessagePackReader reader, int number, int depth)
    {
        if (number > 0)
        {
            return number <= _types.Count
                ? _types[number - 1]
                : throw new MessagePackSerializationException($"The payload has only [{_types.Count}] types, and no type [{number - 1}].");
        }
        if (depth > MaxDepth || _types.Count >= MaxTypes)
            throw new MessagePackSerializationException("The payload has too many types, or types that are nested too deeply.");
        var kind = reader.ReadInt32();
        Type type;
        if (kind is OfArray or OfMatrix)
        {
            var rank = kind == OfArray ? 1 : reader.ReadInt32();
            if (rank is < 1 or > 32)
                throw new MessagePackSerializationException($"An array has the rank [{rank}].");
            var element = ReadPart(ref reader, depth);
            type = kind == OfArray ? element.MakeArrayType() : element.MakeArrayType(rank);
        }
        else
        {
            type = kind == OfModule
                ? ReadModuleType(ref reader)
                : FrameworkTypes.Find(kind) ?? throw new MessagePackSerializationException($"There is no type [{kind}] of .NET.");
            if (type.IsGenericTypeDefinition)
                type = Construct(type, ReadArguments(ref reader, type.GetGenericArguments().Length, depth));
        }
        _types.Add(type);
        return type;
    }

    private void WriteDefinition(ref MessagePackWriter writer, Type definition, Type type)
    {
        if (FrameworkTypes.FindNumber(definition) is { } known)
        {
            writer.Write(known);
            return;
        }
        if (FrameworkAssemblies.Contains(definition.Assembly))
        {
            throw new PayloadException(
                $"[{TypeText.Format(type)}] is a type of .NET that a payload cannot name. Send what it is made of, and create it there.");
        }
        if (!directory.Contains(definition.Assembly))
        {
            throw new PayloadException(
                $"[{TypeText.Format(type)}] is in the assembly [{definition.Assembly.GetName().Name}], which the function's assembly "
                + "does not refer to, so that nodes do not have it. Use a type of it in the function's assembly, for example with typeof.");
        }
        writer.Write(OfModule);
        writer.Write(definition.Module.ModuleVersionId.ToByteArray());
        writer.Write(definition.MetadataToken & 0xFFFFFF);
    }

    private Type ReadModuleType(ref MessagePackReader reader)
    {
        var id = reader.ReadBytes() is { Length: 16 } bytes
            ? new Guid(bytes.ToArray())
            : throw new MessagePackSerializationException("The id of a module does not have 16 bytes.");
        var row = reader.ReadInt32();
        var module = directory.Find(id) ?? throw new MessagePackSerializationException($"The session has no module [{id}].");
        if (row is < 2 or > 0xFFFFFF)
            throw new MessagePackSerializationException($"The row [{row}] is not that of a type.");
        try
        {
            return module.ResolveType(0x02000000 | row);
        }
        catch (ArgumentException e)
        {
            throw new MessagePackSerializationException($"[{module.Name}] has no type [{row}].", e);
        }
    }

    private Type[] ReadArguments(ref MessagePackReader reader, int count, int depth)
    {
        var arguments = new Type[count];
        for (var i = 0; i < count; i++)
            arguments[i] = ReadPart(ref reader, depth);
        return arguments;
    }

    private Type ReadPart(ref MessagePackReader reader, int depth)
    {
        var mark = GraphMarks.Read(ref reader, out var number);
        var type = mark == GraphMark.Typed
            ? Read(ref reader, number, depth + 1)
            : throw new MessagePackSerializationException($"A part of a type begins with the mark [{(sbyte)mark}].");
        return type.IsByRefLike || type == typeof(void)
            ? throw new MessagePackSerializationException($"[{TypeText.Format(type)}] cannot be part of another type.")
            : type;
    }

    private static Type Construct(Type definition, Type[] arguments)
    {
        try
        {
            return definition.MakeGenericType(arguments);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or NotSupportedException)
        {
            throw new MessagePackSerializationException($"[{TypeText.Format(definition)}] does not take these type arguments.", e);
        }
    }
}
