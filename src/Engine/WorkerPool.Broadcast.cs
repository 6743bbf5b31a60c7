using Akka.Actor;
using ActorPool.Cluster;
using ActorPool.Routing;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Sends a large read-only value to each node once, for functions to use by its handle. Spark's broadcast variable.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">The value; it must not change any more.</param>
    /// <param name="cancellationToken">Not used yet after the call has begun: the value is on its way.</param>
    /// <returns>The handle. Capture it in a function, and read <see cref="Broadcast{T}.Value"/> there.</returns>
    /// <exception cref="PayloadException">The value is of a type that cannot travel, or too large.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the call.</exception>
    /// <remarks>
    /// A captured value itself travels once for each job and node; a broadcast one once for each node, those that join later included. The pool keeps its bytes until its end. In a
    /// pool of this process nothing is sent: the handle has the value itself.
    /// </remarks>
    public Task<Broadcast<T>> BroadcastAsync<T>(T value, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var handle = new Broadcast<T>(Guid.NewGuid(), value);
        if (_pool.Code is { } code)
        {
            var shared = SharedValues.Of(handle.Id, value, code.Serializer);
            code.Shared.Add(shared);
            code.Serializer.Broadcasts.Add(handle.Id, value, owner: this); // for handles that come back in results
            // Through the coordinator, so that it reaches each link before the jobs that are submitted after this call.
            Coordinator.Tell(new NodeProtocol.Share(shared));
        }
        return Task.FromResult(handle);
    }
}
