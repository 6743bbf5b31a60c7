using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Reflection;
using System.Text;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.ImmutableCollection;
using MessagePack.Resolvers;

namespace ActorPool.Serialization;

/// <summary>Finds, or makes once, the formatter of each type that can travel, and refuses the others. Thread-safe.</summary>
internal sealed class FormatterCatalog : IFormatterResolver
{
    private const int DeepestType = 64; // types inside of types; beyond it a generic type contains itself in ever new forms
    private const BindingFlags DeclaredFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FrozenSet<Type> Fixed =
        new[] { typeof(Uri), typeof(Version), typeof(StringBuilder), typeof(BitArray), typeof(BigInteger) }.ToFrozenSet();

    // Their fields are what their names say, in every version.
    private static readonly FrozenSet<Type> ByFields = new[]
    {
        typeof(KeyValuePair<,>), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>), typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>),
        typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
    }.ToFrozenSet();

    private static readonly FrozenDictionary<Type, Type> Libraries = new Dictionary<Type, Type>
    {
        [typeof(LinkedList<>)] = typeof(LinkedListFormatter<>),
        [typeof(Queue<>)] = typeof(QueueFormatter<>),
        [typeof(Stack<>)] = typeof(StackFormatter<>),
        [typeof(ReadOnlyCollection<>)] = typeof(ReadOnlyCollectionFormatter<>),
        [typeof(ObservableCollection<>)] = typeof(ObservableCollectionFormatter<>),
        [typeof(IList<>)] = typeof(InterfaceListFormatter2<>),
        [typeof(ICollection<>)] = typeof(InterfaceCollectionFormatter2<>),
        [typeof(IReadOnlyList<>)] = typeof(InterfaceReadOnlyListFormatter<>),
        [typeof(IReadOnlyCollection<>)] = typeof(InterfaceReadOnlyCollectionFormatter<>),
        [typeof(ReadOnlyDictionary<,>)] = typeof(ReadOnlyDictionaryFormatter<,>),
        [typeof(ILookup<,>)] = typeof(InterfaceLookupFormatter<,>),
        [typeof(IGrouping<,>)] = typeof(InterfaceGroupingFormatter<,>),
        [typeof(ConcurrentBag<>)] = typeof(ConcurrentBagFormatter<>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueFormatter<>),
        [typeof(ConcurrentStack<>)] = typeof(ConcurrentStackFormatter<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayFormatter<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListFormatter<>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueFormatter<>),
        [typeof(ImmutableStack<>)] = typeof(ImmutableStackFormatter<>),
        [typeof(IImmutableList<>)] = typeof(InterfaceImmutableListFormatter<>),
        [typeof(IImmutableDictionary<,>)] = typeof(InterfaceImmutableDictionaryFormatter<,>),
        [typeof(IImmutableSet<>)] = typeof(InterfaceImmutableSetFormatter<>),
        [typeof(Nullable<>)] = typeof(NullableFormatter<>),
        [typeof(Lazy<>)] = typeof(LazyFormatter<>),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, Type> Compared = new Dictionary<Type, Type>
    {
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

    private readonly ConcurrentDictionary<Type, object> _ready = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, object> _underWay = []; // under the lock; published together once all of a type is known to travel
    private readonly List<string> _path = [];
    private Type? _root;

    /// <summary>The formatter of a type, an <c>IMessagePackFormatter&lt;T&gt;</c>.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel.</exception>
    public object For(Type type)
    {
        if (_ready.TryGetValue(type, out var formatter))
            return formatter;
        lock (_gate)
        {
            _root = type;
            _path.Clear();
            _underWay.Clear();
            try
            {
                formatter = Inner(type);
                foreach (var (key, value) in _underWay)
                    _ready.TryAdd(key, value);
                return _ready.GetValueOrDefault(type, formatter);
            }
            finally
            {
                _underWay.Clear();
                _root = null;
            }
        }
    }

    IMessagePackFormatter<T>? IFormatterResolver.GetFormatter<T>() => (IMessagePackFormatter<T>)For(typeof(T));

    private object Inner(Type type)
    {
        if (_ready.TryGetValue(type, out var formatter) || _underWay.TryGetValue(type, out formatter))
            return formatter;
        if (_path.Count >= DeepestType)
            throw Refuse(type, "stands too deep inside of other types", "Does a generic type contain itself in another form? Use plainer types.");
        if (Refusals.Of(type) is var (reason, advice))
            throw Refuse(type, reason, advice);
        return Make(type);
    }

    private object Make(Type type)
    {
        if (type == typeof(string))
            return Keep(type, PackedString.Instance);
        if (type.IsEnum)
            return Keep(type, New(typeof(GenericEnumFormatter<>), [type]));
        if (type.IsPrimitive || Fixed.Contains(type))
            return Keep(type, typeof(BuiltinResolver).GetMethod(nameof(IFormatterResolver.GetFormatter))!.MakeGenericMethod(type).Invoke(BuiltinResolver.Instance, null)!);
        if (type.IsArray)
            return Keep(type, MakeArray(type));
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition is not null && MakeCollection(type, definition) is { } collection)
            return Keep(type, collection);
        if (RawMemory.IsRaw(type, out var pointer))
            return Keep(type, New(typeof(RawFormatter<>), [type]));
        if (pointer is not null)
            throw Refuse(type, $"holds a pointer or a native handle at [{TypeText.Of(type)}{pointer}]", "It means nothing in another process: send a number that does.");
        if ((definition is null || !ByFields.Contains(definition)) && Refusals.OfObject(type) is var (reason, advice))
            throw Refuse(type, reason, advice);
        return MakeObject(type);
    }

    private object MakeArray(Type type)
    {
        var element = type.GetElementType()!;
        if (type.IsSZArray && RawMemory.IsRaw(element, out _))
            return New(typeof(RawArrayFormatter<>), [element]);
        var item = Item(element);
        return (type.IsSZArray, type.GetArrayRank()) switch
        {
            (true, _) => New(typeof(ArrayItemsFormatter<>), [element], item),
            (_, 2) => New(typeof(TwoDimensionalArrayFormatter<>), [element]),
            (_, 3) => New(typeof(ThreeDimensionalArrayFormatter<>), [element]),
            (_, 4) => New(typeof(FourDimensionalArrayFormatter<>), [element]),
            _ => throw Refuse(type, $"has [{type.GetArrayRank()}] dimensions or a lower bound of its own", "Send a plain array and its lengths; up to 4 dimensions travel as they are."),
        };
    }

    private object? MakeCollection(Type type, Type definition)
    {
        var arguments = type.GetGenericArguments();
        if (definition == typeof(Broadcast<>))
            return New(typeof(BroadcastFormatter<>), arguments); // the value was looked at when it was broadcast
        if (definition == typeof(List<>))
            return New(typeof(ListItemsFormatter<>), arguments, ItemUnlessRaw(arguments[0]));
        if (definition == typeof(IEnumerable<>))
            return New(typeof(EnumerableFormatter<>), arguments, Item(arguments[0]));
        if (definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>))
            return New(typeof(DictionaryItemsFormatter<,,>), [type, .. arguments], Item(arguments[0]), Item(arguments[1]));
        if (definition == typeof(HashSet<>) || definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>))
            return New(typeof(SetItemsFormatter<,>), [type, .. arguments], Item(arguments[0]));
        if (definition == typeof(ReadOnlyMemory<>))
            return New(typeof(ReadOnlyMemoryItemsFormatter<>), arguments, ItemUnlessRaw(arguments[0]), Inner(arguments[0].MakeArrayType()));
        if (definition == typeof(Memory<>))
            return New(typeof(MemoryItemsFormatter<>), arguments, ItemUnlessRaw(arguments[0]), Inner(arguments[0].MakeArrayType()));
        if (definition == typeof(ArraySegment<>))
            return New(typeof(ArraySegmentItemsFormatter<>), arguments, ItemUnlessRaw(arguments[0]), Inner(arguments[0].MakeArrayType()));
        if (Compared.TryGetValue(definition, out var compared))
        {
            var item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
            Item(item);
            return New(compared, arguments, Inner(item.MakeArrayType()));
        }
        if (!Libraries.TryGetValue(definition, out var library))
            return null;
        foreach (var argument in arguments)
            Item(argument);
        var formatter = New(library, arguments);
        return type.IsValueType || type.IsInterface ? formatter : New(typeof(ExactFormatter<>), [type], formatter);
    }

    private object MakeObject(Type type)
    {
        var fields = FieldsOf(type);
        var formatter = Keep(type, New(typeof(ObjectFormatter<>), [type]));
        var formatters = new object[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            _path.Add("." + TypeText.Of(fields[i]));
            formatters[i] = Inner(fields[i].FieldType);
            _path.RemoveAt(_path.Count - 1);
        }
        var shape = new ObjectShape(type, [.. fields.Select(TypeText.Of)]);
        typeof(FormatterCatalog).GetMethod(nameof(Complete), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [formatter, shape, fields, formatters], null);
        return formatter;
    }

    private static void Complete<T>(object formatter, ObjectShape shape, FieldInfo[] fields, object[] formatters) =>
        ((ObjectFormatter<T>)formatter).Complete(shape, FieldCode.Writer<T>(fields, formatters), FieldCode.Reader<T>(fields, formatters));

    /// <summary>All instance fields, those of base classes first, each class's in the order of its metadata: the same wherever the same module is loaded.</summary>
    private static FieldInfo[] FieldsOf(Type type)
    {
        var classes = new Stack<Type>();
        for (var t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
            classes.Push(t);
        return [.. classes.SelectMany(t => t.GetFields(DeclaredFields).OrderBy(f => f.MetadataToken)).Where(f => !f.IsDefined(typeof(NonSerializedAttribute), inherit: false))];
    }

    private object Item(Type type)
    {
        _path.Add("[]");
        var formatter = Inner(type);
        _path.RemoveAt(_path.Count - 1);
        return formatter;
    }

    private object? ItemUnlessRaw(Type type) => RawMemory.IsRaw(type, out _) ? null : Item(type);

    private object Keep(Type type, object formatter)
    {
        _underWay[type] = formatter;
        return formatter;
    }

    private PayloadException Refuse(Type type, string reason, string advice)
    {
        var member = TypeText.Of(_root!) + string.Concat(_path.Count <= 16 ? _path : [.. _path[..8], "...", .. _path[^8..]]);
        return new PayloadException(
            _path.Count == 0
                ? $"[{member}] {reason}, so it cannot travel to another process. {advice}"
                : $"[{member}] is a [{TypeText.Of(type)}], which {reason}, so it cannot travel to another process. {advice}")
        {
            Member = member,
        };
    }

    private static object New(Type definition, Type[] arguments, params object?[] parameters) =>
        Activator.CreateInstance(definition.MakeGenericType(arguments), BindingFlags.Instance | BindingFlags.Public, null, parameters, null)!;
}
