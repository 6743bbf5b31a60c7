using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using MessagePack.Formatters;
using MessagePack.ImmutableCollection;

namespace ActorPool.Serialization;

// The generic collections of .NET.
internal sealed partial class FormatterCatalog
{
    private static readonly FrozenDictionary<Type, Type> s_libraries = new Dictionary<Type, Type>
    {
        [typeof(LinkedList<>)] = typeof(LinkedListFormatter<>),
        [typeof(Queue<>)] = typeof(QueueFormatter<>),
        [typeof(Stack<>)] = typeof(StackFormatter<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListFormatter<>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueFormatter<>),
        [typeof(ImmutableStack<>)] = typeof(ImmutableStackFormatter<>),
        [typeof(Nullable<>)] = typeof(NullableFormatter<>),
    }.ToFrozenDictionary();

    // A sequence of an unknown kind, such as an iterator, arrives as an array.
    private static readonly FrozenSet<Type> s_sequences = new[]
    {
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IReadOnlyCollection<>), typeof(IList<>), typeof(IReadOnlyList<>),
    }.ToFrozenSet();

    // What wraps another collection, by the name of the method of Views and the wrapped type.
    private static readonly FrozenDictionary<Type, (string Method, Type Inner)> s_views = new Dictionary<Type, (string, Type)>
    {
        [typeof(Collection<>)] = (nameof(Views.ForCollection), typeof(IList<>)),
        [typeof(ReadOnlyCollection<>)] = (nameof(Views.ForReadOnlyCollection), typeof(IList<>)),
        [typeof(ObservableCollection<>)] = (nameof(Views.ForObservableCollection), typeof(IList<>)),
        [typeof(ReadOnlyObservableCollection<>)] = (nameof(Views.ForReadOnlyObservableCollection), typeof(ObservableCollection<>)),
        [typeof(ImmutableList<>.Builder)] = (nameof(Builders.ForList), typeof(ImmutableList<>)),
        [typeof(ImmutableHashSet<>.Builder)] = (nameof(Builders.ForHashSet), typeof(ImmutableHashSet<>)),
        [typeof(ImmutableSortedSet<>.Builder)] = (nameof(Builders.ForSortedSet), typeof(ImmutableSortedSet<>)),
        [typeof(ImmutableDictionary<,>.Builder)] = (nameof(Builders.ForDictionary), typeof(ImmutableDictionary<,>)),
        [typeof(ImmutableSortedDictionary<,>.Builder)] = (nameof(Builders.ForSortedDictionary), typeof(ImmutableSortedDictionary<,>)),
        [typeof(ReadOnlySet<>)] = (nameof(Views.ForReadOnlySet), typeof(ISet<>)),
        [typeof(ReadOnlyDictionary<,>)] = (nameof(Views.ForReadOnlyDictionary), typeof(IDictionary<,>)),
    }.ToFrozenDictionary();

    private static readonly FrozenSet<Type> s_comparers = new[]
    {
        typeof(IComparer<>), typeof(IEqualityComparer<>), typeof(Comparer<>), typeof(EqualityComparer<>),
    }.ToFrozenSet();

    // Rebuilt from an array of their items: collections with a comparer, and those that other threads may change during writing.
    private static readonly FrozenDictionary<Type, Type> s_compared = new Dictionary<Type, Type>
    {
        [typeof(OrderedDictionary<,>)] = typeof(OrderedDictionaryFormatter<,>),
        [typeof(ConcurrentBag<>)] = typeof(ConcurrentBagFormatter<>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueFormatter<>),
        [typeof(ConcurrentStack<>)] = typeof(ConcurrentStackFormatter<>),
        [typeof(SortedSet<>)] = typeof(SortedSetFormatter<>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryFormatter<,>),
        [typeof(SortedList<,>)] = typeof(SortedListFormatter<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryFormatter<,>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetFormatter<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryFormatter<,>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetFormatter<>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryFormatter<,>),
        [typeof(FrozenSet<>)] = typeof(FrozenSetFormatter<>),
        [typeof(FrozenDictionary<,>)] = typeof(FrozenDictionaryFormatter<,>),
    }.ToFrozenDictionary();

    private object? MakeCollection(Type type, Type definition)
    {
        var arguments = type.GetGenericArguments();
        if (definition == typeof(Broadcast<>))
            return Create(typeof(BroadcastFormatter<>), arguments); // the value was checked when it was broadcast
        if (definition == typeof(List<>))
            return Create(typeof(ListItemsFormatter<>), arguments, FindItemUnlessRaw(arguments[0]));
        if (s_sequences.Contains(definition))
            return Create(typeof(OpenSequenceFormatter<,>), [type, arguments[0]], FindItem(arguments[0]));
        if (definition == typeof(Dictionary<,>))
        {
            return Create(
                typeof(DictionaryItemsFormatter<,>), arguments, FindItem(arguments[0]), FindItem(arguments[1]), MayWait(arguments[0]));
        }
        if (definition == typeof(HashSet<>))
            return Create(typeof(SetItemsFormatter<>), arguments, FindItem(arguments[0]), MayWait(arguments[0]));
        if (s_comparers.Contains(definition))
        {
            var isOrder = definition == typeof(IComparer<>) || definition == typeof(Comparer<>);
            var kind = isOrder ? typeof(Comparer<>) : typeof(EqualityComparer<>);
            var ofType = kind.MakeGenericType(arguments).GetProperty("Default")!.GetValue(null);
            return Create(typeof(ComparerFormatter<,>), [type, arguments[0]], ofType);
        }
        if (definition == typeof(ILookup<,>) || definition == typeof(IGrouping<,>))
        {
            var group = definition == typeof(ILookup<,>) ? typeof(LookupFormatter<,>) : typeof(GroupingFormatter<,>);
            return Close(type, Create(group, arguments, FindItem(arguments[0]), FindOrMake(arguments[1].MakeArrayType())));
        }
        if (definition == typeof(Lazy<>))
            return Close(type, MakeView(nameof(Views.ForLazy), arguments, arguments[0]));
        if (definition == typeof(PriorityQueue<,>))
        {
            var pairs = FindOrMake(typeof(ValueTuple<,>).MakeGenericType(arguments).MakeArrayType());
            return Close(type, Create(typeof(PriorityQueueFormatter<,>), arguments, pairs));
        }
        if (s_views.TryGetValue(definition, out var view))
            return Close(type, MakeView(view.Method, arguments, view.Inner.MakeGenericType(arguments)));
        if (definition == typeof(ReadOnlyMemory<>))
        {
            return Create(
                typeof(ReadOnlyMemoryItemsFormatter<>), arguments,
                FindItemUnlessRaw(arguments[0]), FindOrMake(arguments[0].MakeArrayType()));
        }
        if (definition == typeof(Memory<>))
        {
            return Create(
                typeof(MemoryItemsFormatter<>), arguments, FindItemUnlessRaw(arguments[0]), FindOrMake(arguments[0].MakeArrayType()));
        }
        if (definition == typeof(ArraySegment<>))
        {
            return Create(
                typeof(ArraySegmentItemsFormatter<>), arguments, FindItemUnlessRaw(arguments[0]), FindOrMake(arguments[0].MakeArrayType()));
        }
        if (definition == typeof(ImmutableArray<>))
            return Create(typeof(ImmutableArrayItemsFormatter<>), arguments, FindOrMake(arguments[0].MakeArrayType()));
        if (s_compared.TryGetValue(definition, out var compared))
        {
            var item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
            FindItem(item);
            return Close(type, Create(compared, arguments, FindOrMake(item.MakeArrayType())));
        }
        if (!s_libraries.TryGetValue(definition, out var library))
            return null;
        foreach (var argument in arguments)
            FindItem(argument);
        return Close(type, Create(library, arguments));
    }

    // Keys that are objects may be incomplete, and have another hash code, until the whole item was read.
    private static bool MayWait(Type key) => key != typeof(string) && !RawMemory.IsRaw(key, out _);

    private object MakeView(string method, Type[] arguments, Type inner) =>
        (typeof(Views).GetMethod(method) ?? typeof(Builders).GetMethod(method))!.MakeGenericMethod(arguments)
            .Invoke(null, [FindOrMake(inner)])!;
}
