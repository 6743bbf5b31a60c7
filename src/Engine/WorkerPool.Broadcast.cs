using System.Reflection;
using ActorPool.Jobs;
using ActorPool.Shipping;
using Akka.Actor;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Sends a large read-only value to each node once, for functions to use.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">The value; it must not change any longer.</param>
    /// <param name="cancellationToken">Checked at the call only: after it the value is on its way.</param>
    /// <returns>The handle. Capture it in a function, and read <see cref="Broadcast{T}.Value"/> there.</returns>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: the value is of a type that cannot travel, or too large; thrown at the call.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed; an <see cref="ObjectDisposedException"/> if disposed of.</exception>
    /// <remarks>
    /// A captured value travels once for each job and node; a broadcast one once for each node, including nodes that join later. The pool
    /// keeps its bytes until it ends. In a pool of this process nothing is sent: the handle has the value itself. Spark's broadcast
    /// variable.
    /// </remarks>
    public Task<Broadcast<T>> BroadcastAsync<T>(T value, CancellationToken cancellationToken = default)
    {
        CheckOpen(IsNested);
        cancellationToken.ThrowIfCancellationRequested();
        var handle = new Broadcast<T>(Guid.NewGuid(), value);
        Publish(handle.Id, value);
        return Task.FromResult(handle);
    }

    /// <summary>Publishes a value that has come from a client of this node.</summary>
    internal void Publish(Guid handle, object? value, Type type)
    {
        if (_source is null)
            return;
        var publish = typeof(WorkerPool).GetMethod(
            nameof(Publish), 1, BindingFlags.Instance | BindingFlags.NonPublic, [typeof(Guid), Type.MakeGenericMethodParameter(0)])!;
        publish.MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, [handle, value], culture: null);
    }

    private void Publish<T>(Guid handle, T value)
    {
        if (_source is { } source)
        {
            var shared = BroadcastValues.Create(handle, value, source.Serializer);
            source.Shared.Add(shared);
            source.Serializer.Broadcasts.Add(handle, value, owner: this); // for handles that come back in results
            // Through the coordinator, so that it reaches each link before the jobs that are submitted after this call.
            Coordinator.Tell(new NodeProtocol.PublishBroadcast(shared));
        }
    }
}
