using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>Counts the worker states that were made and disposed of.</summary>
public sealed class WorkerStates
{
    private int _made;
    private int _disposed;

    public int Made => Volatile.Read(ref _made);

    public int Disposed => Volatile.Read(ref _disposed);

    /// <summary>The sum of each state that was disposed of.</summary>
    public ConcurrentBag<int> Sums { get; } = [];

    public State Make() => new(this, Interlocked.Increment(ref _made));

    public sealed class State(WorkerStates owner, int number) : IDisposable
    {
        public int Number { get; } = number;

        public int Sum { get; set; }

        public void Dispose()
        {
            owner.Sums.Add(Sum);
            Interlocked.Increment(ref owner._disposed);
        }
    }
}
