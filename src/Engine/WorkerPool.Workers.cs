namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Waits until the pool has at least this many workers that are ready.</summary>
    /// <param name="workers">1 to 1,000,000; without nodes, at most <see cref="Workers"/>.</param>
    /// <param name="cancellationToken">Ends the waiting, and not the pool.</param>
    /// <returns>
    /// A task that completes when the pool has that many: those of this process, and of all nodes together. They may be fewer soon after.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="workers"/> is out of range, or more than a pool without nodes will ever have.
    /// </exception>
    /// <exception cref="NoWorkersException">The initializer or the state factory threw, or no worker process can start.</exception>
    /// <exception cref="PoolTerminatedException">The pool ends, or has ended, before it has so many.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of before the call.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before.</exception>
    /// <remarks>
    /// <see cref="ConnectAsync"/> returns when the first node is ready; jobs then use further nodes as these join. Wait where a job should
    /// begin with all of them, as a measurement does. Nothing ends the waiting for a node that never comes but the token.
    /// </remarks>
    public Task WaitForWorkersAsync(int workers, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, MaxWaitedFor);
        if (!_settings.IsCluster && workers > Workers)
        {
            throw new ArgumentOutOfRangeException(
                nameof(workers), workers, $"The pool [{_settings.Name}] has [{Workers}] workers, and no nodes that could bring more.");
        }
        ObjectDisposedException.ThrowIf(_phase == PoolPhase.Disposed, this);
        return _pool.Waiters.WaitAsync(workers, cancellationToken);
    }

    private const int MaxWaitedFor = 1_000_000;
}
