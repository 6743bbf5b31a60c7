using System.Collections.Concurrent;
using System.Collections.Frozen;
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

    private static readonly FrozenDictionary<Type, (Type Content, string Property)> s_views = new Dictionary<Type, (Type, string)>
    {
        [typeof(Collection<>)] = (typeof(IList<>), "Items"),
        [typeof(ReadOnlyCollection<>)] = (typeof(IList<>), "Items"),
        [typeof(ReadOnlyDictionary<,>)] = (typeof(IDictionary<,>), "Dictionary"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, Copy> s_copies = new Dictionary<Type, Copy>
    {
        [typeof(List<>)] = new(nameof(OfList), typeof(IEnumerable<>)),
        [typeof(Queue<>)] = new(nameof(OfQueue), typeof(IEnumerable<>)),
        [typeof(Stack<>)] = new(nameof(OfStack), typeof(IEnumerable<>)),
        [typeof(LinkedList<>)] = new(nameof(OfLinkedList), typeof(IEnumerable<>)),
        [typeof(ObservableCollection<>)] = new(nameof(OfObservable), typeof(IEnumerable<>)),
        [typeof(Dictionary<,>)] = new(nameof(OfDictionary), typeof(IDictionary<,>), typeof(IEqualityComparer<>)),
        [typeof(HashSet<>)] = new(nameof(OfSet), typeof(IEnumerable<>), typeof(IEqualityComparer<>)),
        [typeof(ConcurrentDictionary<,>)] = new(nameof(OfConcurrent), typeof(IEnumerable<>), typeof(IEqualityComparer<>)),
        [typeof(SortedSet<>)] = new(nameof(OfSortedSet), typeof(IEnumerable<>), typeof(IComparer<>)),
        [typeof(SortedDictionary<,>)] = new(nameof(OfSortedDictionary), typeof(IDictionary<,>), typeof(IComparer<>)),
    }.ToFrozenDictionary();

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
        if (level.GetGenericTypeDefinition() == typeof(KeyedCollection<,>))
            return KeyedCollections.Create(level, arguments);
        if (s_views.TryGetValue(level.GetGenericTypeDefinition(), out var view))
            return CreateView(level, view.Content, view.Property, arguments);
        return s_copies.TryGetValue(level.GetGenericTypeDefinition(), out var copy) ? Create(level, copy, arguments) : null;
    }

    private static DerivedCollection Create(Type level, Copy copy, Type[] arguments)
    {
        var method = typeof(DerivedCollections).GetMethod(copy.Method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(arguments);
        var item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
        var source = copy.Source == typeof(IEnumerable<>) ? copy.Source.MakeGenericType(item) : copy.Source.MakeGenericType(arguments);
        var isCompared = copy.Comparer is not null;
        Type[] parameters = isCompared ? [source, copy.Comparer!.MakeGenericType(arguments[0])] : [source];
        var constructor = level.GetConstructor(Any, parameters)!;
        return new DerivedCollection(level, isCompared ? level : item.MakeArrayType(), copy.Comparer == typeof(IEqualityComparer<>))
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

    private static T[] OfQueue<T>(object value, PayloadContext context) => ((Queue<T>)value).ToArray();

    // The constructor pushes the items in their order, so the top one is the last.
    private static T[] OfStack<T>(object value, PayloadContext context)
    {
        var items = ((Stack<T>)value).ToArray();
        Array.Reverse(items);
        return items;
    }

    private static T[] OfLinkedList<T>(object value, PayloadContext context)
    {
        var list = (LinkedList<T>)value;
        var items = new T[list.Count];
        list.CopyTo(items, 0);
        return items;
    }

    private static T[] OfObservable<T>(object value, PayloadContext context) =>
        [.. Views.GetUnwatchedItems((ObservableCollection<T>)value)];

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

    private static ConcurrentDictionary<TKey, TValue> OfConcurrent<TKey, TValue>(object value, PayloadContext context)
        where TKey : notnull
    {
        var dictionary = (ConcurrentDictionary<TKey, TValue>)value;
        var pairs = dictionary.ToArray(); // in one step, because other threads may write meanwhile
        if (ChangingTypes.Contains(typeof(TKey)) || KnownComparer.MayBeIncomplete(dictionary.Comparer))
        {
            KeyChecks.CheckFound(
                pairs.Select(pair => pair.Key), dictionary.ContainsKey, dictionary.Comparer, dictionary, KeyChecks.Changed, context);
        }
        return new ConcurrentDictionary<TKey, TValue>(pairs, dictionary.Comparer);
    }

    // The copies have the same trees, and so show whether an item is out of order.
    private static SortedSet<T> OfSortedSet<T>(object value, PayloadContext context) =>
        new((SortedSet<T>)value, ((SortedSet<T>)value).Comparer);

    private static SortedDictionary<TKey, TValue> OfSortedDictionary<TKey, TValue>(object value, PayloadContext context)
        where TKey : notnull => new((SortedDictionary<TKey, TValue>)value, ((SortedDictionary<TKey, TValue>)value).Comparer);

    /// <param name="Method">Copies the items of an object.</param>
    /// <param name="Source">What the collection's constructor takes items from.</param>
    /// <param name="Comparer">The comparer that it takes; null for a collection without one.</param>
    private sealed record Copy(string Method, Type Source, Type? Comparer = null);
}
