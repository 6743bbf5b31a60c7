using System.Collections.Concurrent;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Turns values into payloads and back, by the types that both sides agreed on.</summary>
/// <remarks>
/// <para>
/// Values without references, and arrays of them, travel as their bytes in memory. Everything else travels as MessagePack: objects by their
/// fields (<see cref="ObjectFormatter{T}"/>), known collections by their items. A value that is not exactly of its declared type refers to
/// its type (<see cref="TypeTable"/>); no bytes name one.
/// </para>
/// <para>
/// Within an item one object stays one object (<see cref="ObjectGraph"/>). Lost on the way: capacities, the laziness of a
/// <see cref="Lazy{T}"/> and of sequences, and fields marked <see cref="NonSerializedAttribute"/>. Collections with an unknown comparer are
/// refused.
/// </para>
/// <para>
/// What is known about a type is kept in this instance, and no static field keeps a type alive, so that a collectible context is unloaded
/// with its serializer. Thread-safe.
/// </para>
/// </remarks>
internal sealed class PayloadSerializer
{
    private readonly ConcurrentDictionary<Type, PayloadCodec> _codecs = new();
    private readonly ConcurrentDictionary<Type, ISharingCodec> _sharing = new();
    private readonly ConcurrentDictionary<Type, IBoxedFormatter> _writers = new();
    private readonly FormatterCatalog _formatters;
    private readonly MessagePackSerializerOptions _template;
    private readonly PayloadLimits _limits;

    /// <param name="limits">Limits on each value.</param>
    /// <param name="types">The modules whose types values may have, where another type is declared.</param>
    /// <param name="conversions">The types whose values travel as values of other types; null for none.</param>
    /// <param name="broadcasts">The broadcast values to which handles refer; null for none yet.</param>
    public PayloadSerializer(
        PayloadLimits limits, ITypeDirectory types, Conversions? conversions = null, BroadcastStore? broadcasts = null)
    {
        (_limits, Types, Conversions, Broadcasts) = (limits, types, conversions ?? Conversions.None, broadcasts ?? new BroadcastStore());
        _formatters = new FormatterCatalog(Conversions);
        Exceptions = new ExceptionFormat(this, types);
        // The context counts depth, both when writing and when reading; the library would also count collections, and only when reading.
        // The library's collision-resistant comparers exist for a few types only, and would remain in the user's dictionaries.
        var security = MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(int.MaxValue).WithHashCollisionResistant(false);
        _template = new MessagePackSerializerOptions(_formatters).WithSecurity(security);
    }

    /// <summary>The modules whose types values may have, where another type is declared.</summary>
    public ITypeDirectory Types { get; }

    /// <summary>Called with each type of the program's values, when such are first written.</summary>
    /// <value>It may refuse them by a <see cref="PayloadException"/>. Set before the first value.</value>
    public Action<Type>? OnFirstSent
    {
        set => _formatters.OnFirstSent = value;
    }

    /// <summary>The broadcast values to which handles in payloads refer.</summary>
    public BroadcastStore Broadcasts { get; }

    /// <summary>How exceptions inside values travel.</summary>
    public ExceptionFormat Exceptions { get; }

    /// <summary>The types whose values travel as values of other types.</summary>
    public Conversions Conversions { get; }

    /// <exception cref="PayloadException">Values of this type cannot travel; names the member that prevents it.</exception>
    public PayloadCodec<T> GetCodec<T>() => (PayloadCodec<T>)GetCodec(typeof(T));

    /// <summary>Gets a codec of values whose declared type the other process has checked.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel; names the member that prevents it.</exception>
    public PayloadCodec<T> GetCheckedCodec<T>() => (PayloadCodec<T>)GetReader(typeof(T));

    /// <summary>Checks that values of a type can travel.</summary>
    /// <exception cref="PayloadException">They cannot; names the member that prevents it.</exception>
    public void Check(Type type) => GetCodec(type);

    /// <exception cref="PayloadException">The value cannot travel.</exception>
    public void WriteValue(PayloadWriter writer, Type type, object? value)
    {
        if (value is null ? type.IsValueType && Nullable.GetUnderlyingType(type) is null : !type.IsInstanceOfType(value))
        {
            throw new PayloadException(
                $"The value is a [{(value is null ? "null" : TypeText.Format(value.GetType()))}], "
                + $"and cannot travel as a [{TypeText.Format(type)}].");
        }
        GetCodec(type).WriteBoxed(writer, value);
    }

    /// <exception cref="PayloadException">The bytes are not those of such a value.</exception>
    public ValueTask<object?> ReadValueAsync(PayloadReader reader, Type type, CancellationToken cancellationToken) =>
        GetReader(type).ReadBoxedAsync(reader, cancellationToken);

    /// <summary>Finds the formatter that writes values of this type.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel.</exception>
    internal IBoxedFormatter GetBoxedWriter(Type type)
    {
        if (_writers.TryGetValue(type, out var known))
            return known;
        var formatter = _formatters.GetBoxed(type);
        _formatters.CheckFirst(type);
        return _writers.GetOrAdd(type, formatter);
    }

    /// <summary>Finds the formatter that reads values of this type, which bytes may have named.</summary>
    /// <exception cref="PayloadException">Values of this type cannot travel.</exception>
    internal IBoxedFormatter GetBoxedReader(Type type) => _formatters.GetBoxed(type);

    internal PayloadContext CreateContext(bool isGraph, bool isDraft = false) =>
        new(_template, this, _limits, isGraph, spansItems: false) { IsDraft = isDraft };

    /// <summary>Begins values that have objects in common, such as those that a function captured.</summary>
    internal PayloadContext BeginShared(IFunctionWriter? writer = null, IFunctionReader? reader = null) =>
        new(_template, this, _limits, isGraph: true, spansItems: true) { FunctionWriter = writer, FunctionReader = reader };

    /// <exception cref="PayloadException">The value cannot travel.</exception>
    internal void WriteShared(PayloadWriter writer, Type type, object? value, PayloadContext context)
    {
        var codec = GetSharingCodec(type);
        _formatters.CheckFirst(type);
        codec.WriteShared(writer, value, context);
    }

    /// <exception cref="PayloadException">The bytes are not those of such a value.</exception>
    internal ValueTask<object?> ReadSharedAsync(
        PayloadReader reader, Type type, PayloadContext context, CancellationToken cancellationToken) =>
        GetSharingCodec(type).ReadSharedAsync(reader, context, cancellationToken);

    private ISharingCodec GetSharingCodec(Type type) => _sharing.TryGetValue(type, out var codec)
        ? codec
        : _sharing.GetOrAdd(type, (ISharingCodec)CreatePackedCodec(type));

    private PayloadCodec GetCodec(Type type)
    {
        var codec = GetReader(type);
        _formatters.CheckFirst(type);
        return codec;
    }

    private PayloadCodec GetReader(Type type) =>
        _codecs.TryGetValue(type, out var codec) ? codec : _codecs.GetOrAdd(type, CreateCodec(type));

    private PayloadCodec CreateCodec(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            throw new PayloadException(
                $"[{TypeText.Format(type)}] is a function, so it cannot travel to another process as an input, a result or a broadcast "
                + "value. Only the job's own function is shipped, with what it captures: call it there, or send what it computes.")
            {
                Member = TypeText.Format(type),
            };
        }
        if (type.IsValueType && !type.ContainsGenericParameters && RawMemory.IsRaw(type, out _))
            return Create(typeof(RawCodec<>), [type]);
        if (type.IsSZArray && RawMemory.IsRaw(type.GetElementType()!, out _))
        {
            _formatters.For(type); // knows what is in the array
            return Create(typeof(RawArrayCodec<>), [type.GetElementType()!], _limits);
        }
        return CreatePackedCodec(type);
    }

    private PayloadCodec CreatePackedCodec(Type type) => Create(typeof(PackedCodec<>), [type], this, _formatters.For(type), _limits);

    private static PayloadCodec Create(Type definition, Type[] arguments, params object[] parameters) =>
        (PayloadCodec)Activator.CreateInstance(definition.MakeGenericType(arguments), parameters)!;
}
