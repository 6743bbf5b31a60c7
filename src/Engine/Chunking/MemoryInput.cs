using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorPool.Chunking;

/// <summary>Inputs that are in memory, taken as slices.</summary>
internal sealed class MemoryInput<T> : Input<T>
{
    private readonly ReadOnlyMemory<T> _inputs;
    private readonly long _first;

    /// <param name="inputs">The inputs.</param>
    /// <param name="first">Position of the first one, for a part of a larger job: those before it count as taken.</param>
    public MemoryInput(ReadOnlyMemory<T> inputs, long first = 0)
    {
        (_inputs, _first) = (inputs, first);
        Taken = first;
    }

    public override long? Count => _first + _inputs.Length;

    public override ReadOnlyMemory<T> Take(int max)
    {
        var taken = (int)(Taken - _first);
        var slice = _inputs.Slice(taken, Math.Min(max, _inputs.Length - taken));
        Taken += slice.Length;
        return slice;
    }

    public override ReadOnlyMemory<T> GetAgain(long start, int count) => _inputs.Slice((int)(start - _first), count);
}
