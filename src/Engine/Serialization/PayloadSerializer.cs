using System.Collections.Concurrent;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Turns values into payloads and back, by the types that both sides agreed on: no type is ever named in a payload.</summary>
/// <remarks>
/// <para>Values without references, and arrays of them, travel as they stand in memory. All else travels as MessagePack: objects by their fields
/// (<see cref="ObjectFormatter{T}"/>), known collections by their items.</para>
/// <para>Lost on the way: that two references are to one object (they become two), comparers other than the known ones (refused, not lost), capacities,
/// the laziness of a <see cref="Lazy{T}"/>, the own type of what is declared as a collection's interface, and fields marked <see cref="NonSerializedAttribute"/>.</para>
/// <para>All that is known about a type is kept in this instance, and nothing in static fields, so that a collectible context goes with its serializer.
/// Thread-safe.</para>
/// </remarks>
internal sealed class PayloadSerializer
{
    private readonly ConcurrentDictionary<Type, PayloadCodec> _codecs = new();
    private readonly FormatterCatalog _formatters = new();
    private readonly MessagePackSerializerOptions _template;
    private readonly PayloadLimits _limits;

    public PayloadSerializer(PayloadLimits limits)
    {
        _limits = limits;
        // Depth is counted by the context, on both ways alike; the library would count collections too, and when reading only. Its comparers that withstand
        // chosen keys exist for a few types only, and would stand in the user's dictionaries.
        var security = MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(int.MaxValue).WithHashCollisionResistant(false);
        _template = new MessagePackSerializerOptions(_formatters).WithSecurity(security);
    }

    /// <summary>The broadcast values that handles in payloads stand for.</summary>
    public BroadcastStore Broadcasts { get; } = new();

    /// <exception cref="PayloadException">Values of this type cannot travel; names the member that they cannot travel for.</exception>
    public PayloadCodec<T> CodecFor<T>() => (PayloadCodec<T>)CodecFor(typeof(T));

    /// <summary>Refuses a type whose values cannot travel.</summary>
    /// <exception cref="PayloadException">They cannot; names the member that they cannot travel for.</exception>
    public void Check(Type type) => CodecFor(type);

    /// <exception cref="PayloadException">The value cannot travel.</exception>
    public void WriteValue(PayloadWriter writer, Type type, object? value)
    {
        if (value is null ? type.IsValueType && Nullable.GetUnderlyingType(type) is null : !type.IsInstanceOfType(value))
            throw new PayloadException($"The value is a [{(value is null ? "null" : TypeText.Of(value.GetType()))}], and was to travel as a [{TypeText.Of(type)}].");
        CodecFor(type).WriteBoxed(writer, value);
    }

    /// <exception cref="PayloadException">The bytes are not those of such a value.</exception>
    public ValueTask<object?> ReadValueAsync(PayloadReader reader, Type type, CancellationToken cancellationToken) =>
        CodecFor(type).ReadBoxedAsync(reader, cancellationToken);

    internal PayloadContext NewContext() => new(_template, this, _limits);

    private PayloadCodec CodecFor(Type type) => _codecs.TryGetValue(type, out var codec) ? codec : _codecs.GetOrAdd(type, NewCodec(type));

    private PayloadCodec NewCodec(Type type)
    {
        if (type.IsValueType && !type.ContainsGenericParameters && RawMemory.IsRaw(type, out _))
            return Create(typeof(RawCodec<>), [type]);
        if (type.IsSZArray && RawMemory.IsRaw(type.GetElementType()!, out _))
            return Create(typeof(RawArrayCodec<>), [type.GetElementType()!], _limits);
        return Create(typeof(PackedCodec<>), [type], this, _formatters.For(type), _limits);
    }

    private static PayloadCodec Create(Type definition, Type[] arguments, params object[] parameters) =>
        (PayloadCodec)Activator.CreateInstance(definition.MakeGenericType(arguments), parameters)!;
}
