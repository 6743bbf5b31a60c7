#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text.RegularExpressions;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.ImmutableCollection;
using MessagePack.Resolvers;

namespace ActorPool.Serialization;

/// <summary>Finds or creates the formatter of each type that can travel, and refuses other types.</summary>
/// <remarks>Each formatter is created once. Thread-safe.</remarks>
internal sealed partial class FormatterCatalog(Conversions conversions) : IFormatterResolver
{
    private const int MaxTypeDepth = 64; // types inside types; a type that goes deeper contains itself in ever new generic forms

    private static readonly FrozenSet<Type> s_fixed =
        new[] { typeof(Version), typeof(BitArray), typeof(BigInteger) }.ToFrozenSet();

    // Sent as their fields, which are the same in every version of .NET.
    private static readonly FrozenSet<Type> s_byFields = new[]
    {
        typeof(KeyValuePair<,>), typeof(StrongBox<>),
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>),
        typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>),
        typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
    }.ToFrozenSet();

    private readonly ConcurrentDictionary<Type, object> _ready = new();
    private readonly ConcurrentDictionary<Type, IBoxedFormatter> _boxed = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, object> _unpublished = []; // under the lock; published once every type inside is known to travel

    /// <summary>Finds the formatter of a type, an <c>IMessagePackFormatter&lt;T&gt;</c>.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel.</exception>
    public object For(Type type)
    {
        if (_ready.TryGetValue(type, out var formatter))
            return formatter;
        lock (_gate)
        {
            BeginPath(type);
            _owner = null;
            _unpublished.Clear();
            try
            {
                formatter = FindOrMake(type);
                foreach (var (key, value) in _unpublished)
                    _ready.TryAdd(key, value);
                return _ready.GetValueOrDefault(type, formatter);
            }
            finally
            {
                _unpublished.Clear();
                _root = null;
            }
        }
    }

    /// <summary>Finds the formatter of values that are of this type, where another is declared.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel.</exception>
    public IBoxedFormatter GetBoxed(Type type)
    {
        if (_boxed.TryGetValue(type, out var known))
            return known;
        // An object of no other type is a lock; what is declared as an object may be anything.
        var formatter = type == typeof(object) ? new ClosedFormatter<object>(new FreshFormatter<object>(() => new object())!) : For(type);
        return _boxed.GetOrAdd(type, (IBoxedFormatter)Create(typeof(BoxedFormatter<>), [type], formatter));
    }

    IMessagePackFormatter<T>? IFormatterResolver.GetFormatter<T>() => (IMessagePackFormatter<T>)For(typeof(T));

    private object FindOrMake(Type type)
    {
        AddPart(type);
        if (_ready.TryGetValue(type, out var formatter) || _unpublished.TryGetValue(type, out formatter))
            return formatter;
        if (_path.Count >= MaxTypeDepth)
        {
            throw Refuse(
                type, "is nested too deeply in other types", "Use simpler types. Does a generic type contain itself in another form?");
        }
        var conversion = conversions.Find(type);
        if (conversion is null && UnsendableTypes.Find(type) is var (reason, advice))
            throw RefuseUnlessSkipped(type, reason, advice);
        var outer = _owner;
        _owner = _parts[type] = new Parts(_path.Count);
        var made = conversion is null ? Make(type) : MakeConverted(type, conversion);
        _owner = outer;
        return made;
    }

    private object Make(Type type)
    {
        if (type == typeof(string))
            return Keep(type, PackedString.Instance);
        if (FindSmall(type) is { } small)
            return Keep(type, Close(type, small));
        if (typeof(Delegate).IsAssignableFrom(type))
            return Keep(type, Create(typeof(DelegateFormatter<>), [type]));
        if (typeof(Exception).IsAssignableFrom(type))
            return Keep(type, Create(typeof(ExceptionFormatter<>), [type]));
        if (type.IsEnum)
            return Keep(type, Create(typeof(GenericEnumFormatter<>), [type]));
        if (type.IsPrimitive || s_fixed.Contains(type))
        {
            var builtin = typeof(BuiltinResolver).GetMethod(nameof(IFormatterResolver.GetFormatter))!.MakeGenericMethod(type);
            return Keep(type, Close(type, builtin.Invoke(BuiltinResolver.Instance, null)!));
        }
        if (type.IsArray)
            return Keep(type, MakeArray(type));
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition is not null && MakeCollection(type, definition) is { } collection)
            return Keep(type, collection);
        if (type.IsInterface || type.IsAbstract || type == typeof(object))
        {
            Keep(type, Create(typeof(OpenFormatter<>), [type]));
            // What a collection of the framework holds is known here already, and so is whether it can travel.
            if (type.IsInterface && definition is not null && typeof(IEnumerable).IsAssignableFrom(type)
                && FrameworkAssemblies.Contains(type.Assembly))
            {
                foreach (var argument in type.GetGenericArguments())
                    FindItem(argument);
            }
            return _unpublished[type];
        }
        if (ObjectCollections.All.TryGetValue(type, out var make))
            return Keep(type, Close(type, make((IMessagePackFormatter<object?[]?>)FindOrMake(typeof(object[])))));
        if (RawMemory.IsRaw(type, out var pointer))
        {
            _parts.Remove(type); // its fields are its parts
            return Keep(type, Create(typeof(RawFormatter<>), [type]));
        }
        if (pointer is not null)
        {
            throw Refuse(
                type,
                $"holds a pointer or a native number at [{TypeText.Format(type)}{pointer}]",
                ProcessBoundTypes.NativeAdvice);
        }
        if (DerivedCollections.Find(type) is { } collectionBase)
            return MakeDerived(type, collectionBase);
        if ((definition is null || !s_byFields.Contains(definition)) && UnsendableTypes.FindAsObject(type) is var (reason, advice))
            throw RefuseUnlessSkipped(type, reason, advice);
        return MakeObject(type);
    }

    private object MakeConverted(Type type, Conversion conversion)
    {
        var formatter = Keep(type, Create(typeof(ConvertedFormatter<,,>), [type, conversion.Type, conversion.Surrogate], conversion));
        ((IConvertedFormatter)formatter).SetSurrogate(FindItem(conversion.Surrogate));
        return formatter;
    }

    private object MakeDerived(Type type, DerivedCollection collectionBase)
    {
        var formatter = Keep(type, Create(typeof(DerivedCollectionFormatter<,>), [type, collectionBase.Content], collectionBase));
        ((IDerivedCollectionFormatter)formatter).SetContent(FindOrMake(collectionBase.Content));
        Complete(type, formatter, TypeFields.Get(type, collectionBase.Base));
        return formatter;
    }

    private static object? FindSmall(Type type)
    {
        if (TextFormatters.All.TryGetValue(type, out var text))
            return text;
        if (type == typeof(Regex))
            return new RegexFormatter();
        if (type == typeof(Type))
            return new TypeFormatter();
        if (type == typeof(Lock))
            return new FreshFormatter<Lock>(() => new Lock());
        if (type == typeof(IEqualityComparer))
            return new ComparerFormatter<IEqualityComparer, object>(EqualityComparer<object>.Default);
        return type == typeof(StringComparer) ? new ComparerFormatter<StringComparer, string>(StringComparer.Ordinal) : null;
    }

    private object MakeArray(Type type)
    {
        var element = type.GetElementType()!;
        var item = FindItemUnlessRaw(element);
        if (!type.IsSZArray)
            return Close(type, Create(typeof(MatrixFormatter<,>), [type, element], type.GetArrayRank(), item));
        return item is null ? Create(typeof(RawArrayFormatter<>), [element]) : Create(typeof(ArrayItemsFormatter<>), [element], item);
    }

    private object MakeObject(Type type)
    {
        if (FieldOverlap.Find(type) is var (first, second))
        {
            throw Refuse(
                type,
                $"has the fields [{CompilerNames.FormatField(first)}] and [{CompilerNames.FormatField(second)}] in the same memory, "
                + "where it is unknown which of them a reference belongs to",
                "Give each field its own [FieldOffset], or send only the one that is used.");
        }
        if (ContractRefusals.Find(type) is var (reason, advice))
            throw Refuse(type, reason, advice);
        if (typeof(ISerializable).IsAssignableFrom(type))
            return Keep(type, Create(typeof(SerializableFormatter<>), [type], SerializationCallbacks.FindConstructor(type)));
        _owner!.IsOfFields = true;
        var formatter = Keep(type, Create(typeof(ObjectFormatter<>), [type]));
        Complete(type, formatter, TypeFields.Get(type));
        return formatter;
    }

    private void Complete(Type type, object formatter, FieldInfo[] fields)
    {
        var formatters = new object[fields.Length];
        var outer = _field;
        if (_path.TrueForAll(IsItem))
            _item = type;
        for (var i = 0; i < fields.Length; i++)
        {
            _field = fields[i];
            _path.Add("." + CompilerNames.FormatField(fields[i]));
            // Fields that share memory must keep each of its bits: a bool that is read as a bool becomes 0 or 1.
            var field = fields[i].FieldType;
            formatters[i] = FieldCode.IsExplicit(fields[i]) && RawMemory.IsRaw(field, out _)
                ? MakeRaw(field)
                : FindOrMake(field);
            _path.RemoveAt(_path.Count - 1);
        }
        _field = outer;
        var shape = new ObjectShape(type, [.. fields.Select(CompilerNames.FormatField)]) { Infos = fields };
        typeof(FormatterCatalog).GetMethod(nameof(Complete), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [formatter, shape, fields, formatters], null);
    }

    private static void Complete<T>(object formatter, ObjectShape shape, FieldInfo[] fields, object[] formatters) =>
        ((IObjectFormatter<T>)formatter).Complete(
            shape, FieldCode.CreateWriter<T>(fields, formatters), FieldCode.CreateReader<T>(fields, formatters));

    private object FindItem(Type type)
    {
        _path.Add(Item);
        var formatter = FindOrMake(type);
        _path.RemoveAt(_path.Count - 1);
        return formatter;
    }

    private object? FindItemUnlessRaw(Type type)
    {
        if (!RawMemory.IsRaw(type, out _))
            return FindItem(type);
        _path.Add(Item);
        AddPart(type);
        _path.RemoveAt(_path.Count - 1);
        return null;
    }

    private object MakeRaw(Type type)
    {
        AddPart(type);
        return Create(typeof(RawFormatter<>), [type]);
    }

    private object Keep(Type type, object formatter)
    {
        _unpublished[type] = formatter;
        return formatter;
    }

    /// <summary>Lets a formatter of whole objects keep their identity.</summary>
    private static object Close(Type type, object formatter) =>
        type.IsValueType ? formatter : Create(typeof(ClosedFormatter<>), [type], formatter);

    private static object Create(Type definition, Type[] arguments, params object?[] parameters) =>
        Activator.CreateInstance(
            definition.MakeGenericType(arguments), BindingFlags.Instance | BindingFlags.Public, binder: null, parameters, culture: null)!;
}
