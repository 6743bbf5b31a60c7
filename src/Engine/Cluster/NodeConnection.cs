using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Gathering;
using ActorPool.Routing;
using ActorPool.Serialization;
using ActorPool.Transport;
using ActorPool.Workers;

namespace ActorPool.Cluster;

/// <summary>A pool's end of a data connection: writes chunks, and reads their outcomes straight to where the gatherer expects them.</summary>
/// <remarks>Chunks are sent by the link, outcomes are read by the connection's own task; what they share is the table of chunks that are out, bounded by what the coordinator deals to a node.</remarks>
internal sealed class NodeConnection(DataConnection connection, int nodeId, string address, IActorRef coordinator, IActorRef link) : IDisposable
{
    private readonly ConcurrentDictionary<long, SentChunk> _sent = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _posted = Task.CompletedTask;
    private long _chunks;

    /// <summary>The node's number in this pool, for as long as this connection lasts.</summary>
    public int NodeId => nodeId;

    /// <summary>How long nothing has come from the node on this connection.</summary>
    public TimeSpan Silence => connection.Silence;

    /// <summary>Reads outcomes until the connection ends.</summary>
    /// <returns>Why it ended; null if it was closed in good order.</returns>
    public async Task<Exception?> RunAsync()
    {
        await connection.RunAsync(HandleAsync);
        return await connection.Completion;
    }

    /// <summary>Ends the connection at once.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _ = connection.DisposeAsync().AsTask();
    }

    /// <summary>Ends the connection in good order.</summary>
    public void Close() => _ = connection.CloseAsync();

    /// <summary>Sends a frame behind those before it; never blocks. Used by the link alone.</summary>
    public void Post(byte kind, PayloadWriter body)
    {
        // What waits here is bounded by the chunks that the node may have, and by the jobs there are.
        _posted = _posted.IsCompleted ? SendAsync(kind, body) : SendBehindAsync(_posted, kind, body);
    }

    /// <summary>Tells the node that the pool is there, unless the connection has enough to send.</summary>
    public void Beat() => connection.TrySend(DataProtocol.Beat, new PayloadWriter());

    /// <summary>Whether a chunk of the job is out.</summary>
    public bool HasOut(JobPlan plan) => _sent.Values.Any(sent => ReferenceEquals(sent.Lease.Job, plan));

    /// <summary>Sends a chunk. Used by the link alone.</summary>
    /// <param name="run">The chunk.</param>
    /// <param name="definition">Of its job, if this is the first one.</param>
    /// <param name="ended">Jobs that have ended.</param>
    /// <param name="tellsBegin">Whether the node is to say when it begins: the loss of the chunk would be its last.</param>
    /// <returns>Whether it was sent; if not, the job is refused.</returns>
    public bool Send(WorkProtocol.RunChunk run, DataProtocol.JobDefinition? definition, IReadOnlyCollection<long> ended, bool tellsBegin)
    {
        var (lease, wire) = (run.Lease, run.Lease.Job.Wire!);
        var id = ++_chunks;
        var body = new PayloadWriter();
        // Writing a chunk may take a while: what else this thread was to do goes to others.
        WorkerThreads.EnterUserCode();
        try
        {
            DataProtocol.WriteEnded(body, ended);
            body.WriteByte(definition is null ? (byte)0 : (byte)1);
            definition?.Write(body);
            new DataProtocol.RunHeader(lease.Job.Id, id, lease.Chunk.Start, lease.Chunk.Count, lease.Attempt, tellsBegin).Write(body);
            wire.WriteInputs(body, lease.Chunk);
            DataProtocol.CheckFits(body, connection, "inputs");
        }
        catch (Exception e)
        {
            body.Dispose();
            coordinator.Tell(new NodeProtocol.JobRefused(lease.Job, e));
            coordinator.Tell(new NodeProtocol.ChunkReturned(lease, nodeId));
            return false;
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
        _sent.TryAdd(id, new SentChunk(lease, run.Gatherer, body.Length));
        Post(DataProtocol.Run, body);
        return true;
    }

    private async Task SendBehindAsync(Task before, byte kind, PayloadWriter body)
    {
        await before;
        await SendAsync(kind, body);
    }

    private async Task SendAsync(byte kind, PayloadWriter body)
    {
        try
        {
            await connection.SendAsync(kind, body, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended, and its reader tells so.
        }
    }

    private async ValueTask HandleAsync(Frame frame)
    {
        var (body, token) = (frame.Body, _stop.Token);
        switch (frame.Kind)
        {
            case DataProtocol.Outcome:
                await OnOutcomeAsync(body, token);
                break;
            case DataProtocol.Began:
                if (_sent.TryGetValue(await body.ReadInt64Async(token), out var begun))
                    begun.Lease.NoteBegun();
                break;
            case DataProtocol.Holding:
                Check(await DataProtocol.HoldingHeader.ReadAsync(body, token));
                break;
            case DataProtocol.Need:
                await OnNeedAsync(body, token);
                break;
            case DataProtocol.JobFailed:
                link.Tell(new JobFailed(await body.ReadInt64Async(token), await ReadErrorAsync(body, token)));
                break;
            case DataProtocol.SessionFailed:
                _ = await body.ReadInt64Async(token);
                link.Tell(new SessionFailed(await ReadErrorAsync(body, token)));
                break;
            default:
                throw new InvalidDataException($"A frame of kind [{frame.Kind}] is not one that a node sends.");
        }
    }

    /// <summary>Outcomes come in order: what has no outcome by now, the node has. If it has not, it will never answer for it.</summary>
    private void Check(DataProtocol.HoldingHeader holding)
    {
        var expected = _sent.Count(sent => sent.Key <= holding.LastChunk);
        if (expected > holding.Count)
            throw new InvalidDataException($"It has [{holding.Count}] of the [{expected}] chunks that it was sent.");
    }

    private async ValueTask OnNeedAsync(PayloadReader body, CancellationToken token)
    {
        var count = await body.ReadInt32Async(token);
        if (count < 0 || count > body.Remaining)
            throw new InvalidDataException($"A node says that it needs [{count}] modules, and its frame has [{body.Remaining}] bytes.");
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
            hashes.Add(await body.ReadTextAsync(token));
        link.Tell(new Needed(this, hashes));
    }

    private async ValueTask OnOutcomeAsync(PayloadReader body, CancellationToken token)
    {
        var header = await DataProtocol.OutcomeHeader.ReadAsync(body, token);
        if (!_sent.TryRemove(header.Chunk, out var sent))
            throw new InvalidDataException($"An outcome is of chunk [{header.Chunk}], which is not out.");
        var lease = sent.Lease;
        if (header.Status is not (DataProtocol.OutcomeStatus.Ran or DataProtocol.OutcomeStatus.Failed))
        {
            coordinator.Tell(new NodeProtocol.ChunkReturned(lease, nodeId));
            return;
        }
        var bytes = Math.Max(sent.Bytes, body.Remaining);
        if (lease.TryReport())
        {
            // A job whose results cannot be read has failed: the gatherer must not take the chunk for done.
            if (header.Status != DataProtocol.OutcomeStatus.Ran || await TryReadResultsAsync(lease, body, token))
                Tell(sent, header);
        }
        coordinator.Tell(new WorkProtocol.ChunkEnded(lease, nodeId, header.Elapsed, bytes));
    }

    private async ValueTask<bool> TryReadResultsAsync(Lease lease, PayloadReader body, CancellationToken token)
    {
        try
        {
            await lease.Job.Wire!.ReadResultsAsync(body, lease.Chunk, token);
            return true;
        }
        catch (PayloadException e)
        {
            coordinator.Tell(new NodeProtocol.JobRefused(lease.Job, e));
            return false;
        }
        catch
        {
            // Not all of it arrived: as if it had never been reported, and another node will run it.
            lease.TakeBackReport();
            throw;
        }
    }

    private void Tell(SentChunk sent, DataProtocol.OutcomeHeader header)
    {
        var (job, chunk) = (sent.Lease.Job, sent.Lease.Chunk);
        var failures = header.Failures.Count == 0 ? null : header.Failures.Select(failure => failure.ToException(address)).ToList();
        if (header.Attempts.Count == 0 || job.ChunkIsItem)
        {
            var attempt = header.Attempts.Count == 0 ? failures?[0].Attempts ?? 1 : header.Attempts[0].Attempts;
            sent.Gatherer.Tell(new ChunkOutcome(job, chunk, attempt, failures, Again: null) { Retried = header.Retried });
            return;
        }
        // Neighbours that took the same number of attempts, one outcome each.
        var attempts = header.Attempts.ToDictionary(one => one.Offset, one => one.Attempts);
        var retried = header.Retried;
        for (var from = 0; from < chunk.Count;)
        {
            var same = attempts.GetValueOrDefault(from, 1);
            var to = from + 1;
            while (to < chunk.Count && attempts.GetValueOrDefault(to, 1) == same)
                to++;
            var part = chunk.Slice(from, to - from);
            var failed = failures?.Where(failure => failure.Index >= part.Start && failure.Index < part.Start + part.Count).ToList();
            sent.Gatherer.Tell(new ChunkOutcome(job, part, same, failed is { Count: > 0 } ? failed : null, Again: null) { Retried = retried });
            (from, retried) = (to, 0);
        }
    }

    private static async ValueTask<Exception> ReadErrorAsync(PayloadReader body, CancellationToken token)
    {
        var kind = await body.ReadByteAsync(token);
        var error = (await RemoteFailure.ReadAsync(body, token)).ToException();
        return kind switch
        {
            1 => new PayloadException(error.Message, error),
            2 => new FunctionNotShippableException(error.Message, error),
            _ => error,
        };
    }

    /// <summary>Connection to link: of the modules offered, the node lacks these.</summary>
    public sealed record Needed(NodeConnection Connection, IReadOnlySet<string> Hashes) : INoSerializationVerificationNeeded;

    /// <summary>Connection to link: the node cannot run the job.</summary>
    public sealed record JobFailed(long Job, Exception Error) : INoSerializationVerificationNeeded;

    /// <summary>Connection to link: the node cannot make workers for the pool.</summary>
    public sealed record SessionFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record SentChunk(Lease Lease, IActorRef Gatherer, long Bytes);
}
