using System.Collections.Immutable;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>The broadcast values of one pool, for its present and later nodes.</summary>
internal sealed class BroadcastValues
{
    private ImmutableDictionary<Guid, BroadcastValue> _values = ImmutableDictionary<Guid, BroadcastValue>.Empty;

    public IEnumerable<BroadcastValue> All => _values.Values;

    public void Add(BroadcastValue value) => ImmutableInterlocked.TryAdd(ref _values, value.Id, value);

    public static BroadcastValue Create<T>(Guid id, T value, PayloadSerializer serializer)
    {
        using var writer = new PayloadWriter();
        serializer.GetCodec<T>().Write(writer, new[] { value }, firstIndex: 0);
        return new BroadcastValue(id, FunctionShipper.Describe([typeof(T)], [], serializer), writer.ToArray());
    }
}
