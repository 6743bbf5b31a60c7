using System.Collections.Concurrent;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Holds the broadcast values of this process by the ids in payloads. Thread-safe.</summary>
/// <remarks>A pool, or its session on a node, adds its values; a node removes those of an ended session.</remarks>
internal sealed class BroadcastStore
{
    private readonly ConcurrentDictionary<Guid, Entry> _values = new();

    /// <summary>Adds a value, or replaces the one with the same id.</summary>
    public void Add(Guid id, object? value, object owner) => _values[id] = new Entry(value, owner, Error: null);

    /// <summary>Records why there is no value; whatever uses it fails with this error.</summary>
    public void AddError(Guid id, Exception error, object owner) => _values[id] = new Entry(null, owner, error);

    /// <summary>Removes everything that the owner added.</summary>
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
                $"The broadcast value [{id}] of type [{TypeText.Format(typeof(T))}] is not in this process: "
                + "the pool that made it has ended, or another pool made it. "
                + "Broadcast it with the pool that runs the job, and keep that pool open.");
        }
        if (entry.Error is { } error)
        {
            throw new PayloadException(
                $"The broadcast value [{id}] of type [{TypeText.Format(typeof(T))}] could not be received in this process: {error.Message}",
                error);
        }
        return entry.Value switch
        {
            T value => new Broadcast<T>(id, value),
            null when default(T) is null => new Broadcast<T>(id, default!),
            var other => throw new PayloadException(
                $"The broadcast value [{id}] is a [{(other is null ? "null" : TypeText.Format(other.GetType()))}], "
                + $"but a [{TypeText.Format(typeof(T))}] was requested."),
        };
    }

    private sealed record Entry(object? Value, object Owner, Exception? Error);
}
