using System.Buffers;

namespace ActorPool.Serialization;

/// <summary>Collects the bytes of one payload without copying large arrays.</summary>
/// <remarks>
/// Small values are in pooled blocks; large arrays are references to their memory, which must not change until the payload has been sent.
/// Used by one thread at a time; disposing returns the blocks.
/// </remarks>
internal sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    private const int BlockSize = 32 * 1024; // pooled, and below the large-object heap

    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<byte[]> _blocks = [];
    private List<Action>? _whenDone;
    private int _sealed;  // bytes of the last block that are in _segments
    private int _written; // bytes of the last block that are written

    /// <summary>Whether the same values are written again later; see <see cref="PayloadContext.IsDraft"/>.</summary>
    public bool IsDraft { get; init; }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _written += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_blocks.Count == 0 || _blocks[^1].Length - _written < Math.Max(1, sizeHint))
        {
            Seal();
            _blocks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, sizeHint)));
            (_sealed, _written) = (0, 0);
        }
        return _blocks[^1].AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Adds memory without copying it.</summary>
    public void AddReference(ReadOnlyMemory<byte> memory)
    {
        Seal();
        _segments.Add(memory);
        Length += memory.Length;
    }

    /// <summary>Returns all bytes, in order; nothing may be written after this call.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> GetSegments()
    {
        Seal();
        return _segments;
    }

    public byte[] ToArray()
    {
        var all = new byte[Length];
        var rest = all.AsMemory();
        foreach (var segment in GetSegments())
        {
            segment.CopyTo(rest);
            rest = rest[segment.Length..];
        }
        return all;
    }

    /// <summary>Runs an action once the payload was sent or dropped and its memory is free.</summary>
    public void RunWhenDone(Action action) => (_whenDone ??= []).Add(action);

    public void Dispose()
    {
        foreach (var block in _blocks)
            ArrayPool<byte>.Shared.Return(block);
        _blocks.Clear();
        _segments.Clear();
        (_sealed, _written) = (0, 0);
        foreach (var action in Interlocked.Exchange(ref _whenDone, null) ?? [])
            action();
    }

    private void Seal()
    {
        if (_written == _sealed)
            return;
        _segments.Add(_blocks[^1].AsMemory(_sealed, _written - _sealed));
        _sealed = _written;
    }
}
