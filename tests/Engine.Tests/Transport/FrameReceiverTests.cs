using ActorPool.Transport;
using CsCheck;

namespace ActorPool.Tests.Transport;

public sealed class FrameReceiverTests
{
    [Fact]
    public void The_receiver_reads_what_the_queue_writes_however_the_bytes_are_cut() =>
        Gen.Select(Gen.Int[0, 60_000].Array[0, 20], Gen.Int[1, 100_000].Array[1, 10], Gen.Int[1, 50_000])
            .Sample((sizes, cuts, part) =>
            {
                var queue = new SendQueue(long.MaxValue);
                for (var i = 0; i < sizes.Length; i++)
                    queue.Add(
                        (byte)i,
                        i % 2 == 0 ? DataPlane.Body(DataPlane.Noise(i, sizes[i])) : DataPlane.Reference(DataPlane.Noise(i, sizes[i])));
                var bytes = new MemoryStream();
                while (queue.TryTake(out var piece))
                {
                    bytes.Write(piece.Memory.Span);
                    queue.Release(piece);
                }
                Assert.Equal(0, queue.Bytes);
                Assert.Equal(sizes.Sum(s => s + Frame.HeaderSize), bytes.Length);
                ReadBack(new CutStream(bytes.ToArray(), cuts), sizes, part);
            }, iter: 60);

    [Fact]
    public async Task A_cancelled_read_loses_no_byte_of_the_frames_behind_it()
    {
        var queue = new SendQueue(long.MaxValue);
        queue.Add(1, DataPlane.Body(DataPlane.Noise(1, 100_000)));
        queue.Add(2, DataPlane.Body([42]));
        var bytes = new MemoryStream();
        while (queue.TryTake(out var piece))
            bytes.Write(piece.Memory.Span);
        using var cancel = new CancellationTokenSource();
        var receiver = new FrameReceiver(new CutStream(bytes.ToArray(), [5000], cancelAfter: (cancel, 4)), 1 << 20, TimeProvider.System);
        Assert.True(await receiver.NextAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver.ReadExactlyAsync(new byte[100_000], cancel.Token).AsTask());
        Assert.True(await receiver.NextAsync());
        var answer = new byte[1];
        await receiver.ReadExactlyAsync(answer, default);
        Assert.Equal((2, 42), (receiver.Kind, answer[0]));
        Assert.False(await receiver.NextAsync());
    }

    // All reads of this stream complete synchronously.
    private static void ReadBack(Stream stream, int[] sizes, int part)
    {
        var receiver = new FrameReceiver(stream, 1 << 20, TimeProvider.System);
        for (var i = 0; i < sizes.Length; i++)
        {
            Assert.True(GetResult(receiver.NextAsync().AsTask()));
            Assert.Equal((i, (long)sizes[i]), ((int)receiver.Kind, receiver.Remaining));
            var body = new byte[i % 3 == 2 ? sizes[i] / 2 : sizes[i]];
            for (var done = 0; done < body.Length; done += part)
                GetResult(receiver.ReadExactlyAsync(body.AsMemory(done, Math.Min(part, body.Length - done)), default).AsTask());
            Assert.True(body.AsSpan().SequenceEqual(DataPlane.Noise(i, sizes[i]).AsSpan(0, body.Length)));
        }
        Assert.False(GetResult(receiver.NextAsync().AsTask()));
    }

    private static T GetResult<T>(Task<T> task)
    {
        GetResult((Task)task);
        return task.GetAwaiter().GetResult();
    }

    private static void GetResult(Task task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Returns its bytes in pieces of the given sizes.</summary>
    private sealed class CutStream(
        byte[] bytes, int[] cuts, (CancellationTokenSource Source, int Reads)? cancelAfter = null) : MemoryStream(bytes)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_reads == cancelAfter?.Reads)
                cancelAfter.Value.Source.Cancel();
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<int>(cancellationToken);
            return new ValueTask<int>(Read(buffer.Span[..Math.Min(buffer.Length, cuts[_reads++ % cuts.Length])]));
        }
    }
}
