using System.Collections.Concurrent;
using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Client;

/// <summary>What a pool sends to its worker processes, and where it meets them.</summary>
/// <remarks>It also knows which of them still end.</remarks>
internal sealed class ProcessSource(
    PayloadLimits limits, Action? initializer, Func<object>? workerState, Conversions conversions)
    : SessionSource(limits, initializer, workerState, conversions)
{
    private readonly Lazy<SocketDirectory> _directory = new(static () => SocketDirectory.Create());
    private readonly ConcurrentDictionary<Task, byte> _ending = new();

    /// <summary>The directory of the sockets and notes; only this user can enter it.</summary>
    public string Directory => _directory.Value.Path;

    /// <summary>Remembers the end of a process until it has ended.</summary>
    public void AddEnding(Task ending)
    {
        _ending.TryAdd(ending, 0);
        ending.ContinueWith(
            done => _ending.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Waits until all processes have ended, and removes the directory.</summary>
    /// <remarks>The pool has stopped: no further process starts.</remarks>
    public async Task EndAsync()
    {
        await Task.WhenAll(_ending.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_directory.IsValueCreated)
            _directory.Value.Dispose();
    }
}
