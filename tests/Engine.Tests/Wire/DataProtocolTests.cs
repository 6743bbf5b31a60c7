using ActorPool.Serialization;
using ActorPool.Tests.Serialization;
using ActorPool.Wire;

namespace ActorPool.Tests.Wire;

/// <summary>The meaning of errors that come back from a node.</summary>
public sealed class DataProtocolTests
{
    [Fact]
    public async Task A_timeout_of_the_pool_comes_back_as_a_timeout()
    {
        var back = await TripAsync(new TimeoutException("too long"), ItemFailureCause.TimedOut);

        Assert.Equal("too long", Assert.IsType<TimeoutException>(back.InnerException).Message);
        Assert.Equal(ItemFailureCause.TimedOut, back.Cause);
    }

    [Fact]
    public async Task A_lost_item_comes_back_as_a_lost_item()
    {
        var back = await TripAsync(new PoisonItemException("lost", new WorkerLostException("last")), ItemFailureCause.WorkersLost);

        Assert.IsType<PoisonItemException>(back.InnerException);
        Assert.Equal(ItemFailureCause.WorkersLost, back.Cause);
    }

    [Fact]
    public async Task A_function_that_fails_with_an_exception_type_of_the_pool_is_not_a_failure_of_the_pool()
    {
        // Neither was thrown: a task may fail with an exception that has no stack.
        var timeout = await TripAsync(new TimeoutException("mine"));
        var poison = await TripAsync(new PoisonItemException("mine"));

        Assert.Equal("mine", Assert.IsType<TimeoutException>(timeout.InnerException).Message);
        Assert.Equal("mine", Assert.IsType<PoisonItemException>(poison.InnerException).Message);
        Assert.Equal(ItemFailureCause.Thrown, timeout.Cause);
        Assert.Equal(ItemFailureCause.Thrown, poison.Cause);
    }

    [Fact]
    public void The_reason_why_a_node_refuses_a_job_comes_back_as_an_error_of_its_kind()
    {
        Assert.IsType<PayloadException>(DataProtocol.RefusalReport.From(1, new PayloadException("x")).ToException());
        Assert.IsType<FunctionNotShippableException>(
            DataProtocol.RefusalReport.From(1, new FunctionNotShippableException("x")).ToException());
        Assert.IsType<RemoteException>(DataProtocol.RefusalReport.From(1, new FormatException("x")).ToException());
    }

    private static async Task<WorkItemException> TripAsync(Exception error, ItemFailureCause cause = ItemFailureCause.Thrown)
    {
        var format = OwnModule.CreateFormat();
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, DataProtocol.ItemFailure.From(new WorkItemException(3, "worker-1", 1, error) { Cause = cause }, format));
        var read = await WireRecord.ReadAsync<DataProtocol.ItemFailure>(new MemoryPayloadReader(writer.ToArray()), default);
        return read.ToException("127.0.0.1:8110", format);
    }
}
