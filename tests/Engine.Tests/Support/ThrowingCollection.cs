using System.Collections;
using System.Collections.Concurrent;

namespace ActorPool.Tests.Support;

/// <summary>Claims to have one element and throws when it is enumerated.</summary>
public sealed class ThrowingCollection : ICollection<int>
{
    public int Count => 1;

    public bool IsReadOnly => true;

    public void Add(int item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public bool Contains(int item) => throw new NotSupportedException();

    public void CopyTo(int[] array, int arrayIndex) => throw new SayWhenException();

    public bool Remove(int item) => throw new NotSupportedException();

    public IEnumerator<int> GetEnumerator() => throw new SayWhenException();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
