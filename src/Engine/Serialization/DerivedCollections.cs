using System.Collections.ObjectModel;
using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>The base of a class that derives from a collection of .NET.</summary>
/// <param name="Base">The collection, with its type arguments.</param>
/// <param name="Content">The type as which the items travel.</param>
/// <param name="Waits">Whether the content is complete only at the item's end, since it is found by hash codes.</param>
internal sealed record DerivedCollection(Type Base, Type Content, bool Waits)
{
    /// <summary>Reads the items of an object without any member that its class overrides.</summary>
    public required Func<object, PayloadContext, object> GetContent { get; init; }

    /// <summary>Runs the base's constructor on an object that was made without one, and fills it.</summary>
    public required Action<object, object> Fill { get; init; }
}

/// <summary>Finds out how a class that derives from a collection of .NET can travel.</summary>
internal static class DerivedCollections
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Finds the collection that a class derives from.</summary>
    /// <returns>Null if there is none, or none that can be made again.</returns>
    public static DerivedCollection? Find(Type type)
    {
        if (FrameworkAssemblies.Contains(type.Assembly) || type.IsValueType)
            return null;
        var level = type.BaseType;
        while (level is not null && !FrameworkAssemblies.Contains(level.Assembly))
            level = level.BaseType;
        if (level is not { IsConstructedGenericType: true })
            return null;
        var arguments = level.GetGenericArguments();
        return level.GetGenericTypeDefinition() switch
        {
            var definition when definition == typeof(List<>) =>
                Create(level, arguments[0].MakeArrayType(), typeof(IEnumerable<>), nameof(OfList), arguments),
            var definition when definition == typeof(Dictionary<,>) =>
                Create(level, level, typeof(IDictionary<,>), nameof(OfDictionary), arguments, isCompared: true),
            var definition when definition == typeof(HashSet<>) =>
                Create(level, level, typeof(IEnumerable<>), nameof(OfSet), arguments, isCompared: true),
            var definition when definition == typeof(KeyedCollection<,>) => KeyedCollections.Create(level, arguments),
            var definition when definition == typeof(Collection<>) => CreateView(level, typeof(IList<>), "Items", arguments),
            var definition when definition == typeof(ReadOnlyCollection<>) => CreateView(level, typeof(IList<>), "Items", arguments),
            var definition when definition == typeof(ReadOnlyDictionary<,>) =>
                CreateView(level, typeof(IDictionary<,>), "Dictionary", arguments),
            _ => null,
        };
    }

    private static DerivedCollection Create(
        Type level, Type content, Type parameter, string copy, Type[] arguments, bool isCompared = false)
    {
        var method = typeof(DerivedCollections).GetMethod(copy, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(arguments);
        Type[] parameters = isCompared
            ? [parameter.MakeGenericType(arguments), typeof(IEqualityComparer<>).MakeGenericType(arguments[0])]
            : [parameter.MakeGenericType(arguments)];
        var constructor = level.GetConstructor(Any, parameters)!;
        return new DerivedCollection(level, content, isCompared)
        {
            GetContent = method.CreateDelegate<Func<object, PayloadContext, object>>(),
            Fill = (value, filled) => Run(constructor, value, isCompared ? [filled, GetComparer(filled)] : [filled]),
        };
    }

    private static DerivedCollection CreateView(Type level, Type content, string property, Type[] arguments)
    {
        var type = content.MakeGenericType(arguments);
        var getter = level.GetProperty(property, Any | BindingFlags.DeclaredOnly)!;
        var constructor = level.GetConstructor(Any, [type])!;
        return new DerivedCollection(level, type, Waits: false)
        {
            GetContent = (value, _) => getter.GetValue(value)!,
            Fill = (value, filled) => Run(constructor, value, [filled]),
        };
    }

    private static void Run(ConstructorInfo constructor, object value, object?[] arguments) =>
        constructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    private static object? GetComparer(object content) => content.GetType().GetProperty("Comparer")!.GetValue(content);

    private static T[] OfList<T>(object value, PayloadContext context)
    {
        var list = (List<T>)value;
        var copy = new T[list.Count];
        list.CopyTo(copy);
        return copy;
    }

    private static Dictionary<TKey, TValue> OfDictionary<TKey, TValue>(object value, PayloadContext context) where TKey : notnull
    {
        var dictionary = (Dictionary<TKey, TValue>)value;
        // The copy finds what the original may not.
        if (ChangingTypes.Contains(typeof(TKey)) || KnownComparer.MayBeIncomplete(dictionary.Comparer))
            KeyChecks.CheckFound(
                dictionary.Keys, dictionary.ContainsKey, dictionary.Comparer, dictionary, KeyChecks.Changed, context);
        return new Dictionary<TKey, TValue>(dictionary, dictionary.Comparer);
    }

    private static HashSet<T> OfSet<T>(object value, PayloadContext context)
    {
        var set = (HashSet<T>)value;
        if (ChangingTypes.Contains(typeof(T)) || KnownComparer.MayBeIncomplete(set.Comparer))
            KeyChecks.CheckFound(set, set.Contains, set.Comparer, set, KeyChecks.Changed, context);
        return new HashSet<T>(set, set.Comparer);
    }
}
