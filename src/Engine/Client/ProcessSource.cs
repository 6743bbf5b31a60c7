using System.Collections.Concurrent;
using ActorPool.Configuration;
using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Client;

/// <summary>What a pool sends to its worker processes, and where it meets them.</summary>
/// <remarks>It also knows which of them still end.</remarks>
internal sealed class ProcessSource(
    PayloadLimits limits, Action? initializer, Func<object>? workerState, Conversions conversions)
    : SessionSource(limits, initializer, workerState, conversions)
{
    private readonly Lock _gate = new();
    private SocketDirectory? _directory;
    private readonly ConcurrentDictionary<Task, byte> _ending = new();
    private readonly ConcurrentDictionary<int, Task<ProcessStart>> _early = new();

    /// <summary>Starts the first processes before the pool has an actor system.</summary>
    /// <remarks>Both take about as long. One processor is left to the actor system.</remarks>
    public void StartEarly(PoolSettings settings)
    {
        var count = Math.Clamp(Environment.ProcessorCount - 1, 1, settings.Processes);
        for (var id = 1; id <= count; id++)
            _early[id] = CreateAsync(id, settings);
    }

    /// <summary>Starts a process for a worker, if it was not started early.</summary>
    /// <param name="id">The worker's number; a pool's first one is 1.</param>
    /// <param name="settings">The pool's settings.</param>
    public Task<ProcessStart> StartAsync(int id, PoolSettings settings) =>
        _early.TryRemove(id, out var early) ? early : CreateAsync(id, settings);

    /// <summary>Gets the directory of the sockets and notes; only this user can enter it.</summary>
    /// <remarks>It is made when it is needed, and again when something has removed it: most of the time it is empty.</remarks>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string GetDirectory()
    {
        lock (_gate)
        {
            if (_directory is null || !Directory.Exists(_directory.Path))
            {
                _directory?.Dispose();
                _directory = SocketDirectory.Create();
                _ = Task.Run(AbandonedSockets.Remove); // no process waits for it
            }
            return _directory.Path;
        }
    }

    /// <summary>Remembers the end of a process until it has ended.</summary>
    public void AddEnding(Task ending)
    {
        _ending.TryAdd(ending, 0);
        ending.ContinueWith(
            done => _ending.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Waits until all processes have ended, and removes the directory.</summary>
    /// <remarks>The pool has stopped, or has not started: no further process starts.</remarks>
    public async Task EndAsync()
    {
        foreach (var id in _early.Keys)
        {
            if (_early.TryRemove(id, out var early))
                AddEnding(ProcessStart.EndAsync(early));
        }
        await Task.WhenAll(_ending.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
            _directory?.Dispose();
    }

    // The system takes some 30 ms for it.
    private Task<ProcessStart> CreateAsync(int id, PoolSettings settings) =>
        Task.Run(() => ProcessStart.Create(id, GetDirectory(), settings));
}
