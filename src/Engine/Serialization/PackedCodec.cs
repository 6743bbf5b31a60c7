using System.Buffers;
using System.Buffers.Binary;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Codes what the raw codecs do not, as MessagePack in blocks.</summary>
/// <remarks>
/// A block is its length, its number of items, and the items. Blocks limit what the receiver buffers to a few hundred kilobytes, or to one
/// item if that is larger.
/// </remarks>
internal sealed class PackedCodec<T>(PayloadSerializer serializer, IMessagePackFormatter<T> formatter, PayloadLimits limits)
    : PayloadCodec<T>, ISharingCodec
{
    private const int BlockTarget = 256 * 1024;
    private const int HeaderSize = sizeof(int) + sizeof(int);
    private const long NoItem = -1; // the index of a value that is no item, in messages

    private readonly bool _isGraph = GraphAnalysis.MayShare(typeof(T));

    // At most this many bytes of earlier items count towards an item that was not measured separately.
    private const int Slack = 64 * 1024;

    public override void Write(PayloadWriter writer, ReadOnlyMemory<T> items, long firstIndex)
    {
        PayloadHeader.Write(writer, _isGraph ? PayloadHeader.PackedGraph : PayloadHeader.Packed, 0);
        Write(writer, items.Span, firstIndex, serializer.CreateContext(_isGraph, writer.IsDraft));
    }

    public void WriteShared(PayloadWriter writer, object? value, PayloadContext context)
    {
        PayloadHeader.Write(writer, PayloadHeader.PackedGraph, 0);
        Write(writer, [(T)value!], NoItem, context);
    }

    public override async ValueTask ReadAsync(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken)
    {
        var kind = _isGraph ? PayloadHeader.PackedGraph : PayloadHeader.Packed;
        await PayloadHeader.CheckAsync(reader, kind, 0, typeof(T), cancellationToken).ConfigureAwait(false);
        await ReadAsync(reader, items, serializer.CreateContext(_isGraph), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<object?> ReadSharedAsync(PayloadReader reader, PayloadContext context, CancellationToken cancellationToken)
    {
        await PayloadHeader.CheckAsync(reader, PayloadHeader.PackedGraph, 0, typeof(T), cancellationToken).ConfigureAwait(false);
        var items = new T[1];
        await ReadAsync(reader, items, context, cancellationToken).ConfigureAwait(false);
        return items[0];
    }

    private void Write(PayloadWriter writer, ReadOnlySpan<T> items, long firstIndex, PayloadContext context)
    {
        for (var next = 0; next < items.Length;)
            next += WriteBlock(writer, items[next..], firstIndex + next, context);
    }

    private async ValueTask ReadAsync(PayloadReader reader, Memory<T> items, PayloadContext context, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        for (var next = 0; next < items.Length;)
        {
            await PayloadHeader.ReadAsync(reader, header, typeof(T), cancellationToken).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            var count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(sizeof(int)));
            if (length < 0 || count < 1 || count > items.Length - next || length > reader.Remaining)
            {
                throw new PayloadException(
                    $"A block of [{TypeText.Format(typeof(T))}] claims [{length}] bytes and [{count}] items; "
                    + $"[{reader.Remaining}] bytes and [{items.Length - next}] items are left.");
            }
            // The writer ends a block soon after the target size, and the last item may have any size.
            if (length > limits.MaxItemBytes + (count > 1 ? 2 * BlockTarget : IsTight(limits) ? 0 : Slack))
                throw PayloadErrors.CreateTooLarge(typeof(T), length, limits, next);
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await PayloadHeader.ReadAsync(reader, buffer.AsMemory(0, length), typeof(T), cancellationToken).ConfigureAwait(false);
                ReadBlock(buffer.AsMemory(0, length), items.Span.Slice(next, count), next, context);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            next += count;
        }
    }

    private int WriteBlock(PayloadWriter target, ReadOnlySpan<T> items, long firstIndex, PayloadContext context)
    {
        var header = target.GetMemory(HeaderSize)[..HeaderSize];
        target.Advance(HeaderSize);
        var start = target.Length;
        var limited = new ItemWriter(target, limits);
        var packed = new MessagePackWriter(limited);
        var count = 0;
        try
        {
            while (count < items.Length && limited.Written < BlockTarget) // Written lags behind by at most one span
            {
                var granted = limited.Granted;
                formatter.Serialize(ref packed, items[count++], context);
                if (context.IsGraph)
                    context.Graph.EndWriting(ref packed);
                // An item that needed no new span is too small to be measured separately, unless the limit is also that small.
                if (limited.Granted == granted && !limited.IsTight)
                    continue;
                packed.Flush();
                limited.EndItem();
            }
        }
        catch (ItemTooLargeException e)
        {
            throw PayloadErrors.CreateTooLarge(typeof(T), e.Size, limits, Math.Max(0, firstIndex) + count - 1);
        }
        catch (PayloadException e) when (e.Setting is null && e.Member is not null && firstIndex != NoItem)
        {
            throw new PayloadException($"Item {firstIndex + count - 1}: {e.Message}", e.InnerException) { Member = e.Member };
        }
        catch (PayloadException e) when (e.Setting is null && firstIndex != NoItem)
        {
            var type = TypeText.Format(typeof(T));
            throw new PayloadException($"Item {firstIndex + count - 1}, a [{type}]: {e.Message}", e.InnerException) { Member = type };
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e) && e is not DraftException)
        {
            throw CreateError("written", e, Math.Max(0, firstIndex) + count - 1, context);
        }
        packed.Flush();
        BinaryPrimitives.WriteInt32LittleEndian(header.Span, checked((int)(target.Length - start)));
        BinaryPrimitives.WriteInt32LittleEndian(header.Span[sizeof(int)..], count);
        return count;
    }

    private void ReadBlock(ReadOnlyMemory<byte> bytes, Span<T> items, int first, PayloadContext context)
    {
        var packed = new MessagePackReader(bytes);
        var index = 0;
        try
        {
            for (; index < items.Length; index++)
            {
                items[index] = formatter.Deserialize(ref packed, context);
                if (context.IsGraph)
                    context.Graph.EndReading(ref packed);
            }
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e))
        {
            throw CreateError("read", e, first + index, context);
        }
        if (!packed.End)
        {
            throw new PayloadException(
                $"[{bytes.Length - packed.Consumed}] bytes follow the last of [{items.Length}] items of [{TypeText.Format(typeof(T))}].");
        }
    }

    /// <summary>Whether the limit is so small that each item is measured to the byte.</summary>
    private static bool IsTight(PayloadLimits limits) => limits.MaxItemBytes < 16 * Slack;

    private static PayloadException CreateError(string verb, Exception error, long index, PayloadContext context)
    {
        var path = context.FormatPath();
        return new PayloadException(
            $"Item {index}, a [{TypeText.Format(typeof(T))}], cannot be {verb}{(path is null ? "" : $" at [{path}]")}: "
            + $"{error.GetType().Name}: {SafeText.GetMessage(error)}",
            error)
        {
            Member = path,
        };
    }

    /// <summary>Counts an item's bytes while they are written.</summary>
    /// <remarks>An item over the limit fails there, before all of it is in memory.</remarks>
    private sealed class ItemWriter : IBufferWriter<byte>
    {
        private readonly PayloadWriter _target;
        private readonly long _limit;
        private readonly long _start;
        private long _item;

        public ItemWriter(PayloadWriter target, PayloadLimits limits)
        {
            _target = target;
            _start = _item = target.Length;
            IsTight = PackedCodec<T>.IsTight(limits);
            _limit = IsTight ? limits.MaxItemBytes : limits.MaxItemBytes + Slack;
        }

        public long Written => _target.Length - _start;

        /// <summary>How often space was requested.</summary>
        public int Granted { get; private set; }

        /// <summary>Whether each item is measured separately.</summary>
        public bool IsTight { get; }

        public void EndItem()
        {
            Check();
            _item = _target.Length;
        }

        public void Advance(int count) => _target.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            CheckHint(sizeHint);
            return _target.GetMemory(sizeHint);
        }

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            CheckHint(sizeHint);
            return _target.GetSpan(sizeHint);
        }

        private void Check()
        {
            if (_target.Length - _item is var size && size > _limit)
                throw new ItemTooLargeException(size);
        }

        // A hint may be three times what is then written, as with strings. Small excesses are left to the count.
        private void CheckHint(int sizeHint)
        {
            Granted++;
            Check();
            if (sizeHint / 4 > _limit)
                throw new ItemTooLargeException(_target.Length - _item + sizeHint / 4);
        }
    }

    /// <summary>Never leaves this class: only the codec knows the item's index.</summary>
    private sealed class ItemTooLargeException(long size) : Exception
    {
        public long Size { get; } = size;
    }
}
