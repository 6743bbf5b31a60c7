using System.Collections.Immutable;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Cluster;

/// <summary>A value that is sent once to each node.</summary>
/// <param name="Id">Its handle's.</param>
/// <param name="Type">Its type, as code.</param>
/// <param name="Payload">The value, written once for all nodes.</param>
internal sealed record SharedValue(Guid Id, CodeManifest Type, ReadOnlyMemory<byte> Payload);

/// <summary>The broadcast values of one pool, for the nodes that are there and those that come later.</summary>
internal sealed class SharedValues
{
    private ImmutableDictionary<Guid, SharedValue> _values = ImmutableDictionary<Guid, SharedValue>.Empty;

    public IEnumerable<SharedValue> All => _values.Values;

    public void Add(SharedValue value) => ImmutableInterlocked.TryAdd(ref _values, value.Id, value);

    public static SharedValue Of<T>(Guid id, T value, PayloadSerializer serializer)
    {
        using var writer = new PayloadWriter();
        serializer.CodecFor<T>().Write(writer, new[] { value }, firstIndex: 0);
        return new SharedValue(id, FunctionShipper.Describe([typeof(T)], [], serializer), writer.ToArray());
    }
}
