using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace ActorPool.Benchmarks.Peers;

/// <summary>A task of the thread pool for each item, all queued at once.</summary>
internal sealed class TaskPerItemPeer : IMapPeer
{
    public string Name => Names.TaskPerItem;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        await Task.WhenAll(Enumerable.Range(0, inputs.Length).Select(i => Task.Run(() => buffer[i] = function(inputs[i]))));
        return buffer;
    }
}

/// <summary>Consumer tasks that take indices one by one from a bounded channel.</summary>
internal sealed class ChannelsPeer(int workers) : IMapPeer
{
    public string Name => Names.Channels;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1024) { SingleWriter = true });
        var consumers = Enumerable.Range(0, workers).Select(_ => Task.Run(ConsumeAsync)).ToArray();
        for (var i = 0; i < inputs.Length; i++)
            await channel.Writer.WriteAsync(i);
        channel.Writer.Complete();
        await Task.WhenAll(consumers);
        return buffer;

        async Task ConsumeAsync()
        {
            await foreach (var i in channel.Reader.ReadAllAsync())
                buffer[i] = function(inputs[i]);
        }
    }
}

/// <summary>A TPL Dataflow block that keeps the input order, with one message for each item.</summary>
internal sealed class DataflowPeer(int workers) : IMapPeer
{
    public string Name => Names.Dataflow;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var block = new TransformBlock<TIn, TOut>(work.Function, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = workers });
        foreach (var input in work.Inputs)
            block.Post(input);
        block.Complete();
        var count = 0;
        await foreach (var result in block.ReceiveAllAsync())
            work.Buffer[count++] = result;
        await block.Completion;
        return work.Buffer;
    }
}
