using System.Collections.Concurrent;

namespace ActorPool.Serialization;

/// <summary>The broadcast values of this process, by the ids that stand for them in payloads. Thread-safe.</summary>
/// <remarks>Holds what pools put in until they take it out; how much that may be is the pools' to bound.</remarks>
internal sealed class BroadcastStore
{
    private readonly ConcurrentDictionary<Guid, Entry> _values = new();

    public int Count => _values.Count;

    /// <summary>Keeps the value until its owner ends. The same id again replaces it.</summary>
    public void Add(Guid id, object? value, object owner) => _values[id] = new Entry(value, owner, Error: null);

    /// <summary>Keeps why there is no value: what uses it fails with that.</summary>
    public void AddError(Guid id, Exception error, object owner) => _values[id] = new Entry(null, owner, error);

    /// <summary>Takes out all that the owner put in.</summary>
    public void Remove(object owner)
    {
        foreach (var (id, entry) in _values)
        {
            if (entry.Owner.Equals(owner))
                _values.TryRemove(id, out _);
        }
    }

    /// <exception cref="PayloadException">There is no such value, it has another type, or it could not be read.</exception>
    public Broadcast<T> Find<T>(Guid id)
    {
        if (!_values.TryGetValue(id, out var entry))
        {
            throw new PayloadException(
                $"The broadcast value [{id}] of type [{TypeText.Of(typeof(T))}] is not here: the pool that made it has ended, or it is another pool's. " +
                "Broadcast it with the pool that runs the job, and keep that pool open.");
        }
        if (entry.Error is { } error)
            throw new PayloadException($"The broadcast value [{id}] of type [{TypeText.Of(typeof(T))}] could not be taken in here: {error.Message}", error);
        return entry.Value switch
        {
            T value => new Broadcast<T>(id, value),
            null when default(T) is null => new Broadcast<T>(id, default!),
            var other => throw new PayloadException(
                $"The broadcast value [{id}] is a [{(other is null ? "null" : TypeText.Of(other.GetType()))}], and a [{TypeText.Of(typeof(T))}] was asked for."),
        };
    }

    private sealed record Entry(object? Value, object Owner, Exception? Error);
}
