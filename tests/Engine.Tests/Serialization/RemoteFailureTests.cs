using System.Collections;
using System.Runtime.CompilerServices;
using ActorPool.Serialization;
using CsCheck;

namespace ActorPool.Tests.Serialization;

public sealed class RemoteFailureTests
{
    [Fact]
    public async Task Type_message_frames_inner_exceptions_and_data_arrive()
    {
        var remote = await TripAsync(Catch(() => OwnFunction(7)));
        Assert.Equal("System.InvalidOperationException", remote.TypeName);
        Assert.Equal("bad item 7", remote.RemoteMessage);
        Assert.Equal("System.InvalidOperationException: bad item 7", remote.Message);
        Assert.Contains(nameof(OwnFunction), remote.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Equal("12", remote.Data["row"]);
        Assert.Single(remote.Data.Keys);
        var inner = Assert.IsType<RemoteException>(remote.InnerException);
        Assert.Equal("System.FormatException", inner.TypeName);
        var text = new WorkItemException(3, "worker-1", 1, remote).ToString();
        Assert.Contains("System.InvalidOperationException: bad item 7", text, StringComparison.Ordinal);
        Assert.Contains("System.FormatException: no number", text, StringComparison.Ordinal);
        Assert.Contains(nameof(OwnFunction), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_inner_exceptions_of_an_aggregate_arrive()
    {
        var remote = await TripAsync(new AggregateException("all", new FormatException("one"), new TimeoutException("two")));
        var inner = Assert.IsType<AggregateException>(remote.InnerException);
        Assert.Equal(
            "System.FormatException System.TimeoutException",
            string.Join(' ', inner.InnerExceptions.Cast<RemoteException>().Select(e => e.TypeName)));
        Assert.Contains("two", remote.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_trip_keeps_the_original_type_and_frames()
    {
        var once = await TripAsync(Catch(() => OwnFunction(7)));
        var twice = await TripAsync(Catch(() => throw once));
        Assert.Equal("System.InvalidOperationException", twice.TypeName);
        Assert.Contains(nameof(OwnFunction), twice.RemoteStackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_that_throw_and_very_long_texts_do_no_harm()
    {
        var remote = await TripAsync(new Nasty());
        Assert.Equal("(its Message threw NotSupportedException)", remote.RemoteMessage);
        Assert.Equal("(its StackTrace threw NotSupportedException)", remote.RemoteStackTrace);
        var longest = await TripAsync(new InvalidOperationException(new string('x', 1_000_000)));
        Assert.EndsWith("... [1000000 characters]", longest.Message, StringComparison.Ordinal);
        Assert.InRange(longest.Message.Length, 60_000, 70_000);
        var data = new InvalidOperationException("data");
        for (var i = 0; i < 1000; i++)
            data.Data[$"key {i}"] = new string('y', 10_000);
        Assert.InRange((await TripAsync(data)).Data.Count, 1, 100);
    }

    [Fact]
    public async Task Depth_and_number_of_inner_exceptions_are_bounded()
    {
        Exception chain = new FormatException("innermost");
        var text = new string('x', 100_000); // one string for all: 10,000 of them would take 2 GB
        for (var i = 0; i < 10_000; i++)
            chain = new InvalidOperationException(text, chain);
        var (remote, bytes) = await TripWithSizeAsync(chain);
        Assert.InRange(bytes, 1, 2 << 20);
        var depth = 0;
        for (Exception? e = remote; e is not null; e = e.InnerException)
            depth++;
        Assert.InRange(depth, 10, 20);
        Assert.Contains("left out", remote.ToString(), StringComparison.Ordinal);
        var wide = await TripAsync(new AggregateException(Enumerable.Range(0, 10_000).Select(i => new FormatException($"{i}"))));
        Assert.InRange(((AggregateException)wide.InnerException!).InnerExceptions.Count, 10, 65);
    }

    [Fact]
    public void Changed_bytes_at_most_throw()
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, RemoteFailure.From(new AggregateException(Catch(() => OwnFunction(1)), new FormatException("x"))));
        var bytes = writer.ToArray();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 6].Sample(
            changes =>
            {
                var hostile = bytes.ToArray();
                foreach (var (position, value) in changes)
                    hostile[position] = value;
                var fault = WireRecord.ReadAsync<RemoteFailure>(
                    new MemoryPayloadReader(hostile), CancellationToken.None).AsTask().Exception?.InnerException;
                Assert.True(fault is null or InvalidDataException, fault?.ToString());
            },
            iter: 3000);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OwnFunction(int item)
    {
        var error = new InvalidOperationException($"bad item {item}", new FormatException("no number"));
        error.Data["row"] = 12;
        error.Data[5] = "no string key";
        throw error;
    }

    private static Exception Catch(Action action) => Record.Exception(action)!;

    private static async Task<RemoteException> TripAsync(Exception error) => (await TripWithSizeAsync(error)).Remote;

    private static async Task<(RemoteException Remote, long Bytes)> TripWithSizeAsync(Exception error)
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, RemoteFailure.From(error));
        var reader = new MemoryPayloadReader(writer.ToArray());
        var remote = (await WireRecord.ReadAsync<RemoteFailure>(reader, CancellationToken.None)).ToException();
        Assert.Equal(0, reader.Remaining);
        return (remote, writer.Length);
    }

    private sealed class Nasty : Exception
    {
        public override string Message => throw new NotSupportedException();
        public override string StackTrace => throw new NotSupportedException();
        public override IDictionary Data => throw new NotSupportedException();
        public override string ToString() => throw new NotSupportedException();
    }
}
