using System.Collections.Frozen;
using System.Net;
using System.Numerics;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Writes and reads the types that an exception needs, none of them by name.</summary>
/// <remarks>
/// A type is a row of one of the program's modules, or a number of a closed list of .NET's types: of its exceptions
/// (<see cref="FrameworkExceptions"/>), or of the values below.
/// </remarks>
internal sealed class ExceptionTypes(ITypeDirectory modules)
{
    private const int MaxDepth = 8;
    private const byte OfValue = 0, OfException = 1, OfModule = 2, Generic = 3, Array = 4;
    private const int TypeTable = 0x02000000;
    private const int MaxRow = 0x1000000;

    // The numbers are part of the format: new types go to the end.
    private static readonly Type[] s_values =
    [
        typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(char), typeof(string), typeof(object), typeof(decimal), typeof(Half), typeof(Int128),
        typeof(UInt128), typeof(BigInteger), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Guid), typeof(Uri), typeof(Version), typeof(DayOfWeek), typeof(DateTimeKind), typeof(StringComparison),
        typeof(HttpStatusCode), typeof(TypeCode), typeof(FileMode), typeof(FileAccess), typeof(Nullable<>), typeof(KeyValuePair<,>),
        typeof(Tuple<,>), typeof(Tuple<,,>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(List<>),
        typeof(Dictionary<,>), typeof(HashSet<>), typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>),
        typeof(IReadOnlyDictionary<,>), typeof(ICollection<>), typeof(IList<>), typeof(IDictionary<,>),
    ];

    private static readonly FrozenDictionary<Type, int> s_numbers =
        s_values.Select((type, number) => KeyValuePair.Create(type, number)).ToFrozenDictionary();

    /// <exception cref="PayloadException">The type is neither of the program nor listed.</exception>
    public void Write(RecordWriter writer, Type type)
    {
        if (type.IsSZArray)
        {
            writer.WriteByte(Array);
            Write(writer, type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            writer.WriteByte(Generic);
            Write(writer, type.GetGenericTypeDefinition());
            var arguments = type.GetGenericArguments();
            writer.WriteCount(arguments.Length);
            foreach (var argument in arguments)
                Write(writer, argument);
        }
        else if (s_numbers.TryGetValue(type, out var number))
        {
            writer.WriteByte(OfValue);
            writer.WriteInt32(number);
        }
        else if (FrameworkExceptions.TryGetNumber(type, out number))
        {
            writer.WriteByte(OfException);
            writer.WriteInt32(number);
        }
        else if (!type.HasElementType && !type.IsGenericParameter && modules.Contains(type.Assembly))
        {
            writer.WriteByte(OfModule);
            writer.WriteGuid(type.Module.ModuleVersionId);
            writer.WriteInt32(type.MetadataToken & (MaxRow - 1));
        }
        else
        {
            throw new PayloadException(
                $"[{TypeText.Format(type)}] is neither a type of the caller's program nor one of .NET's that come with an exception");
        }
    }

    /// <exception cref="InvalidDataException">It names a type that this process does not take from the other side.</exception>
    public Type Read(RecordReader reader) => Read(reader, depth: 0);

    private Type Read(RecordReader reader, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"A type is nested more than [{MaxDepth}] deep.");
        var tag = reader.ReadByte();
        switch (tag)
        {
            case OfValue:
                return s_values[reader.ReadIndex(s_values.Length)];
            case OfException:
                return FrameworkExceptions.Get(reader.ReadIndex(FrameworkExceptions.Count));
            case OfModule:
                var mvid = reader.ReadGuid();
                var module = modules.Find(mvid) ?? throw new InvalidDataException($"the session has no module [{mvid}]");
                var row = reader.ReadIndex(MaxRow);
                return row < 2 ? throw new InvalidDataException("The module itself is not a type.") : module.ResolveType(TypeTable | row);
            case Generic:
                var definition = Read(reader, depth + 1);
                var arguments = new Type[reader.ReadCount(MaxDepth)];
                for (var i = 0; i < arguments.Length; i++)
                    arguments[i] = ReadPart(reader, depth + 1);
                return definition.IsGenericTypeDefinition && definition.GetGenericArguments().Length == arguments.Length
                    ? definition.MakeGenericType(arguments)
                    : throw new InvalidDataException($"[{definition}] does not take [{arguments.Length}] type arguments.");
            case Array:
                return ReadPart(reader, depth + 1).MakeArrayType();
            default:
                throw new InvalidDataException($"No type begins with the tag [{tag}].");
        }
    }

    private Type ReadPart(RecordReader reader, int depth) =>
        Read(reader, depth) is var type && !type.IsGenericTypeDefinition && !type.IsByRefLike
            ? type
            : throw new InvalidDataException($"[{type}] cannot be part of another type.");
}
