using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Everything that is not raw memory, as MessagePack in blocks: length, number of items, items.</summary>
/// <remarks>Blocks keep what is buffered on the receiving side at a few hundred kilobytes, or at one item where that is larger.</remarks>
internal sealed class PackedCodec<T>(PayloadSerializer serializer, IMessagePackFormatter<T> formatter, PayloadLimits limits) : PayloadCodec<T>
{
    private const int BlockTarget = 256 * 1024;
    private const int Slack = 64 * 1024; // at most so much of earlier items is counted with one that was not looked at by itself
    private const int HeaderSize = sizeof(int) + sizeof(int);

    public override void Write(PayloadWriter writer, ReadOnlyMemory<T> items, long firstIndex)
    {
        PayloadHeader.Write(writer, PayloadHeader.Packed, 0);
        var span = items.Span;
        var context = serializer.NewContext();
        for (var next = 0; next < span.Length;)
            next += WriteBlock(writer, span[next..], firstIndex + next, context);
    }

    public override async ValueTask ReadAsync(PayloadReader reader, Memory<T> items, CancellationToken cancellationToken)
    {
        await PayloadHeader.CheckAsync(reader, PayloadHeader.Packed, 0, typeof(T), cancellationToken);
        var context = serializer.NewContext();
        var header = new byte[HeaderSize];
        for (var next = 0; next < items.Length;)
        {
            await PayloadHeader.ReadAsync(reader, header, typeof(T), cancellationToken);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            var count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(sizeof(int)));
            if (length < 0 || count < 1 || count > items.Length - next || length > reader.Remaining)
            {
                throw new PayloadException(
                    $"A block of [{TypeText.Of(typeof(T))}] claims [{length}] bytes and [{count}] items; [{reader.Remaining}] bytes and [{items.Length - next}] items are left.");
            }
            // The writer ends a block a little behind the target, and then comes one item of any size.
            if (length > limits.MaxItemBytes + (count > 1 ? 2 * BlockTarget : IsTight(limits) ? 0 : Slack))
                throw PayloadErrors.TooLarge(typeof(T), length, limits, next);
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await PayloadHeader.ReadAsync(reader, buffer.AsMemory(0, length), typeof(T), cancellationToken);
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
            while (count < items.Length && limited.Written < BlockTarget) // Written lags behind by a span at most
            {
                var granted = limited.Granted;
                formatter.Serialize(ref packed, items[count++], context);
                // What fitted into room that was there before is not worth a look of its own, unless the limit is as small.
                if (limited.Granted == granted && !limited.IsTight)
                    continue;
                packed.Flush();
                limited.EndItem();
            }
        }
        catch (ItemTooLargeException e)
        {
            throw PayloadErrors.TooLarge(typeof(T), e.Size, limits, firstIndex + count - 1);
        }
        catch (PayloadException e) when (e.Setting is null && e.Member is not null)
        {
            throw new PayloadException($"Item {firstIndex + count - 1}: {e.Message}", e.InnerException) { Member = e.Member };
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e))
        {
            throw Failed("written", e, firstIndex + count - 1, context);
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
                items[index] = formatter.Deserialize(ref packed, context);
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e))
        {
            throw Failed("read", e, first + index, context);
        }
        if (!packed.End)
            throw new PayloadException($"[{bytes.Length - packed.Consumed}] bytes follow the last of [{items.Length}] items of [{TypeText.Of(typeof(T))}].");
    }

    /// <summary>Whether the limit is so small that each item is measured to the byte.</summary>
    private static bool IsTight(PayloadLimits limits) => limits.MaxItemBytes < 16 * Slack;

    private static PayloadException Failed(string verb, Exception error, long index, PayloadContext context)
    {
        var path = context.Path();
        return new PayloadException(
            $"Item {index}, a [{TypeText.Of(typeof(T))}], cannot be {verb}{(path is null ? "" : $" at [{path}]")}: {error.GetType().Name}: {SafeText.MessageOf(error)}", error)
        {
            Member = path,
        };
    }

    /// <summary>Counts an item's bytes while they are written, so that one over the limit ends there and not in memory.</summary>
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

        /// <summary>How often room was asked for.</summary>
        public int Granted { get; private set; }

        /// <summary>Whether each item is measured by itself.</summary>
        public bool IsTight { get; }

        public void EndItem()
        {
            Check();
            _item = _target.Length;
        }

        public void Advance(int count) => _target.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Expect(sizeHint);
            return _target.GetMemory(sizeHint);
        }

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            Expect(sizeHint);
            return _target.GetSpan(sizeHint);
        }

        private void Check()
        {
            if (_target.Length - _item is var size && size > _limit)
                throw new ItemTooLargeException(size);
        }

        // A hint may be three times what is written then, as with strings; small ones are left to the count itself.
        private void Expect(int sizeHint)
        {
            Granted++;
            Check();
            if (sizeHint / 4 > _limit)
                throw new ItemTooLargeException(_target.Length - _item + sizeHint / 4);
        }
    }

    /// <summary>Never leaves this class: the codec knows the item's index, the writer does not.</summary>
    private sealed class ItemTooLargeException(long size) : Exception
    {
        public long Size { get; } = size;
    }
}
