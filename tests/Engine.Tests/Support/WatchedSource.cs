using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>Notes what each of its members sees; yields 1, 2, 3 and so on.</summary>
internal sealed class WatchedSource(int count) : IReadOnlyList<int>, IAsyncEnumerable<int>, IEnumerator<int>, IAsyncEnumerator<int>
{
    private int _current;

    public ConcurrentQueue<(string Member, (string?, string, string?) Surroundings)> Seen { get; } = new();

    public bool IsDisposed { get; private set; }

    public int Count => count;

    public int this[int index] => index + 1;

    public int Current
    {
        get
        {
            Note(nameof(Current));
            return _current;
        }
    }

    object IEnumerator.Current => Current;

    public IEnumerator<int> GetEnumerator()
    {
        Note(nameof(GetEnumerator));
        return this;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Note(nameof(GetEnumerator));
        return this;
    }

    public bool MoveNext()
    {
        Note(nameof(MoveNext));
        return ++_current <= count;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        Note(nameof(MoveNext));
        if (_current % 2 == 0)
            await Task.Yield();
        Note(nameof(MoveNext));
        return ++_current <= count;
    }

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
        Note(nameof(Dispose));
        IsDisposed = true;
    }

    public async ValueTask DisposeAsync()
    {
        Note(nameof(Dispose));
        await Task.Yield();
        Dispose();
    }

    private void Note(string member) => Seen.Enqueue((member, Surroundings.See()));
}
