using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>Yields 0, 1, 2 and so on; counts reads, enumerations and their disposals.</summary>
public sealed class CountingSource(int total = int.MaxValue) : IEnumerable<int>
{
    private int _produced;
    private int _started;
    private int _disposed;

    public int Produced => Volatile.Read(ref _produced);

    public int Started => Volatile.Read(ref _started);

    public int Disposed => Volatile.Read(ref _disposed);

    public IEnumerator<int> GetEnumerator()
    {
        Interlocked.Increment(ref _started);
        try
        {
            for (var i = 0; i < total; i++)
            {
                Interlocked.Increment(ref _produced);
                yield return i;
            }
        }
        finally
        {
            Interlocked.Increment(ref _disposed);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
