using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class BroadcastTests
{
    [Fact]
    public async Task A_handle_travels_as_its_id_and_finds_the_receivers_value()
    {
        var handle = new Broadcast<double[]>(Guid.NewGuid(), new double[1_000_000]);
        double[] received = [1, 2];
        var serializer = New();
        serializer.Broadcasts.Add(handle.Id, received, owner: this);
        var bytes = Bytes<Broadcast<double[]>>(new[] { handle });
        Assert.InRange(bytes.Length, 16, 40);
        var copy = (await ReadAsync<Broadcast<double[]>>(bytes, 1, serializer))[0];
        Assert.Same(received, copy.Value);
        Assert.Equal(handle.Id, copy.Id);
        Assert.Null(await TripOneAsync<Broadcast<int>?>(null));
    }

    [Fact]
    public async Task Reading_a_value_whose_pool_has_ended_says_so()
    {
        var serializer = New();
        object first = new(), second = new();
        var (removed, kept) = (new Broadcast<string>(Guid.NewGuid(), "removed"), new Broadcast<string?>(Guid.NewGuid(), null));
        serializer.Broadcasts.Add(removed.Id, removed.Value, first);
        serializer.Broadcasts.Add(kept.Id, kept.Value, second);
        serializer.Broadcasts.Remove(first);
        var refusal = await Assert.ThrowsAsync<PayloadException>(
            () => ReadAsync<Broadcast<string>>(Bytes<Broadcast<string>>(new[] { removed }), 1, serializer));
        Assert.Contains("the pool that made it has ended", refusal.Message, StringComparison.Ordinal);
        var bytes = Bytes<Broadcast<string?>>(new[] { kept });
        Assert.Null((await ReadAsync<Broadcast<string?>>(bytes, 1, serializer))[0].Value);
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Broadcast<int>>(bytes, 1, serializer));
    }

    [Fact]
    public async Task The_values_of_a_session_are_removed_with_it()
    {
        var serializer = New();
        var session = Guid.NewGuid();
        var handle = new Broadcast<string>(Guid.NewGuid(), "removed");
        serializer.Broadcasts.Add(handle.Id, handle.Value, session);
        serializer.Broadcasts.Remove(Guid.NewGuid());
        Assert.Equal("removed", (await ReadAsync<Broadcast<string>>(Bytes<Broadcast<string>>(new[] { handle }), 1, serializer))[0].Value);
        serializer.Broadcasts.Remove(new Guid(session.ToByteArray()));
        await Assert.ThrowsAsync<PayloadException>(
            () => ReadAsync<Broadcast<string>>(Bytes<Broadcast<string>>(new[] { handle }), 1, serializer));
    }

    [Fact]
    public async Task Reading_a_value_that_was_refused_fails_with_the_reason()
    {
        var serializer = New();
        var handle = new Broadcast<string>(Guid.NewGuid(), "refused");
        serializer.Broadcasts.AddError(handle.Id, new FunctionNotShippableException("code shipping is off"), this);
        var refusal = await Assert.ThrowsAsync<PayloadException>(
            () => ReadAsync<Broadcast<string>>(Bytes<Broadcast<string>>(new[] { handle }), 1, serializer));
        Assert.Contains("code shipping is off", refusal.Message, StringComparison.Ordinal);
        Assert.IsType<FunctionNotShippableException>(refusal.InnerException);
    }
}
