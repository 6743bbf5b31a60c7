using System.Reflection;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Formats comparers that .NET makes from functions, inside values that a function captured.</summary>
/// <remarks>Those of <see cref="Comparer{T}.Create"/> and <see cref="EqualityComparer{T}.Create"/>.</remarks>
internal static class FunctionComparers
{
    private static readonly DelegateFormatter<Delegate> s_functions = new();
    private static readonly Type s_comparer = GetDefinition(Comparer<int>.Create((_, _) => 0));
    private static readonly Type s_equality = GetDefinition(EqualityComparer<int>.Create((_, _) => true, _ => 0));

    /// <summary>Finds the functions of such a comparer.</summary>
    /// <returns>
    /// The comparison; or the equality and the hash code, the latter null if it was not given. Null for other comparers, and where this
    /// version of .NET keeps the functions in another way.
    /// </returns>
    public static Delegate?[]? Find(object comparer)
    {
        var type = comparer.GetType();
        if (!type.IsConstructedGenericType)
            return null;
        var (definition, item) = (type.GetGenericTypeDefinition(), type.GetGenericArguments()[0]);
        if (definition == s_comparer && Get(comparer, typeof(Comparison<>).MakeGenericType(item)) is { } comparison)
            return [comparison];
        return definition == s_equality
            && Get(comparer, typeof(Func<,,>).MakeGenericType(item, item, typeof(bool))) is { } equals
            && Get(comparer, typeof(Func<,>).MakeGenericType(item, typeof(int))) is { } hash
                ? [equals, FrameworkAssemblies.Contains(hash.Method.Module.Assembly) && !hash.Method.IsPublic ? null : hash]
                : null;
    }

    public static void Write(ref MessagePackWriter writer, object comparer, Delegate?[] functions, PayloadContext context)
    {
        if (context.Graph.TryWriteReference(ref writer, comparer))
            return;
        context.Graph.BeginClosed(comparer);
        writer.WriteArrayHeader(functions.Length);
        foreach (var function in functions)
            s_functions.Serialize(ref writer, function, context);
        context.Graph.EndClosed(comparer);
    }

    public static object Read(ref MessagePackReader reader, PayloadContext context)
    {
        if (GraphMarks.IsNext(ref reader))
            return context.ReadMarked<object>(ref reader);
        var number = context.Graph.Reserve();
        var comparer = ReadFunctions(ref reader, context);
        context.Graph.Set(number, comparer);
        return comparer;
    }

    private static object ReadFunctions(ref MessagePackReader reader, PayloadContext context)
    {
        var count = reader.ReadArrayHeader();
        if (count is not (1 or 2))
            throw new MessagePackSerializationException($"A comparer has [{count}] functions.");
        var first = s_functions.Deserialize(ref reader, context)
            ?? throw new MessagePackSerializationException("A comparer has no function.");
        var second = count == 2 ? s_functions.Deserialize(ref reader, context) : null;
        var (comparer, wanted) = count == 1
            ? (typeof(Comparer<>), typeof(Comparison<>))
            : (typeof(EqualityComparer<>), typeof(Func<,,>));
        var type = first.GetType();
        if (!type.IsConstructedGenericType || type.GetGenericTypeDefinition() != wanted)
            throw new MessagePackSerializationException($"A [{TypeText.Format(type)}] does not compare.");
        object?[] parameters = count == 1 ? [first] : [first, second];
        try
        {
            return comparer.MakeGenericType(type.GetGenericArguments()[0]).GetMethod("Create", BindingFlags.Public | BindingFlags.Static)!
                .Invoke(null, parameters)!;
        }
        catch (ArgumentException e)
        {
            throw new MessagePackSerializationException("The functions of a comparer do not fit each other.", e);
        }
    }

    private static Type GetDefinition(object comparer) => comparer.GetType().GetGenericTypeDefinition();

    private static Delegate? Get(object comparer, Type type) =>
        Array.Find(
            comparer.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public),
            field => field.FieldType == type)?.GetValue(comparer) as Delegate;
}
