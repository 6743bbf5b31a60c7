using System.Buffers;
using System.Buffers.Binary;
using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>Keeps the frames that wait to be sent, in the pieces to write.</summary>
/// <remarks>
/// Small frames are copied together into blocks; large arrays are written from where they are. It knows no socket, and its owner does
/// the locking. Waiting frames cost their size in memory, plus at most one block for each large piece. The writer of a small frame holds a
/// whole block, so it is emptied and disposed at once.
/// </remarks>
internal sealed class SendQueue(long windowBytes)
{
    /// <summary>From this many bytes, a second system call costs less than a copy.</summary>
    private const int LargeSegment = 16 * 1024;
    private const int BlockSize = 32 * 1024;

    private readonly Queue<Piece> _pieces = new();
    private byte[]? _tail; // the bytes added last, not yet a piece
    private int _tailLength;
    private byte[]? _spare; // so that a steady flow of small frames rents nothing

    /// <summary>One write: a block or a part of a body.</summary>
    /// <remarks>After the write, a block is returned to the pool; a body is disposed after its last piece.</remarks>
    public readonly record struct Piece(ReadOnlyMemory<byte> Memory, byte[]? Block, PayloadWriter? Owner);

    /// <summary>Bytes of frames that are not sent yet, including those that the pump is writing.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a frame fits in the window; a larger one fits when nothing waits.</summary>
    public bool HasRoomFor(long bodyBytes) => Bytes == 0 || Bytes + Frame.HeaderSize + bodyBytes <= windowBytes;

    /// <summary>Adds a frame and takes its body.</summary>
    public void Add(byte kind, PayloadWriter body)
    {
        Bytes += Frame.HeaderSize + body.Length;
        AddHeader(kind, body.Length);
        var segments = body.GetSegments();
        var lastLarge = segments.Count - 1;
        while (lastLarge >= 0 && segments[lastLarge].Length < LargeSegment)
            lastLarge--;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Length < LargeSegment)
                Copy(segments[i].Span);
            else
                AddLarge(segments[i], i == lastLarge ? body : null);
        }
        if (lastLarge < 0)
            body.Dispose();
    }

    /// <summary>Adds a small frame from memory.</summary>
    public void Add(byte kind, ReadOnlySpan<byte> body)
    {
        Bytes += Frame.HeaderSize + body.Length;
        AddHeader(kind, body.Length);
        Copy(body);
    }

    /// <summary>Takes what is to be written next.</summary>
    public bool TryTake(out Piece piece)
    {
        if (_pieces.Count == 0)
            SealTail();
        return _pieces.TryDequeue(out piece);
    }

    /// <summary>Releases a piece that was written, or never will be.</summary>
    public void Release(in Piece piece)
    {
        Bytes -= piece.Memory.Length;
        piece.Owner?.Dispose();
        if (piece.Block is null)
            return;
        if (_spare is null)
            _spare = piece.Block;
        else
            ArrayPool<byte>.Shared.Return(piece.Block);
    }

    /// <summary>Drops everything that the pump has not taken.</summary>
    public void Clear()
    {
        while (TryTake(out var piece))
            Release(piece);
        if (_spare is not null)
            ArrayPool<byte>.Shared.Return(_spare);
        _spare = null;
    }

    private void AddHeader(byte kind, long length)
    {
        Span<byte> header = stackalloc byte[Frame.HeaderSize];
        header[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], length);
        Copy(header);
    }

    // The start of a large segment is sent with the header: a packet with only the header would wake the receiver for nothing.
    private void AddLarge(ReadOnlyMemory<byte> segment, PayloadWriter? owner)
    {
        if (_tail is not null)
        {
            var head = Math.Min(LargeSegment / 2, _tail.Length - _tailLength);
            Copy(segment.Span[..head]);
            segment = segment[head..];
            SealTail();
        }
        _pieces.Enqueue(new Piece(segment, null, owner));
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_tail is null)
                (_tail, _spare, _tailLength) = (_spare ?? ArrayPool<byte>.Shared.Rent(BlockSize), null, 0);
            var part = Math.Min(bytes.Length, _tail.Length - _tailLength);
            bytes[..part].CopyTo(_tail.AsSpan(_tailLength));
            _tailLength += part;
            bytes = bytes[part..];
            if (_tailLength == _tail.Length)
                SealTail();
        }
    }

    private void SealTail()
    {
        if (_tail is not null)
            _pieces.Enqueue(new Piece(_tail.AsMemory(0, _tailLength), _tail, null));
        (_tail, _tailLength) = (null, 0);
    }
}
