using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes the comparers that .NET has once for each type, where they compare others.</summary>
/// <remarks>One of a base class orders a sorted set of a derived one; one of sets compares them by their items.</remarks>
internal static class TypeComparers
{
    private const byte Order = 0, Equality = 1, Sets = 2;

    private static readonly Type s_sets = HashSet<int>.CreateSetComparer().GetType().GetGenericTypeDefinition();

    /// <summary>Finds which of these comparers one is, and for which type.</summary>
    /// <returns>Null for others.</returns>
    public static (byte Kind, Type Type)? Find(object comparer)
    {
        var own = comparer.GetType();
        if (own.IsConstructedGenericType && own.GetGenericTypeDefinition() == s_sets)
            return (Sets, own.GetGenericArguments()[0]);
        for (var level = own; level is not null; level = level.BaseType)
        {
            if (!level.IsConstructedGenericType)
                continue;
            var kind = level.GetGenericTypeDefinition() == typeof(Comparer<>) ? Order
                : level.GetGenericTypeDefinition() == typeof(EqualityComparer<>) ? Equality
                : byte.MaxValue;
            var type = level.GetGenericArguments()[0];
            if (kind != byte.MaxValue && ReferenceEquals(Get(kind, type), comparer))
                return (kind, type);
        }
        return null;
    }

    public static void Write(ref MessagePackWriter writer, (byte Kind, Type Type) comparer, PayloadContext context)
    {
        writer.Write(comparer.Kind);
        context.Types.Write(ref writer, comparer.Type);
    }

    public static object Read(ref MessagePackReader reader, PayloadContext context)
    {
        var kind = reader.ReadByte();
        if (kind > Sets)
            throw new MessagePackSerializationException($"There is no comparer [{kind}] of a type.");
        if (GraphMarks.Read(ref reader, out var number) != GraphMark.Typed)
            throw new MessagePackSerializationException("A comparer has no mark for its type.");
        return Get(kind, context.Types.Read(ref reader, number));
    }

    private static object Get(byte kind, Type type) => kind == Sets
        ? typeof(HashSet<>).MakeGenericType(type).GetMethod(nameof(HashSet<>.CreateSetComparer))!.Invoke(null, null)!
        : (kind == Order ? typeof(Comparer<>) : typeof(EqualityComparer<>)).MakeGenericType(type).GetProperty("Default")!.GetValue(null)!;
}
