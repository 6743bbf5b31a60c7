using System.Collections.Concurrent;
using System.Diagnostics;
using ActorPool.Chunking;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Wire;
using ActorPool.Workers;
using Akka.Actor;

namespace ActorPool.Client;

/// <summary>A pool's end of a data connection: writes chunks and reads their outcomes.</summary>
/// <remarks>
/// Results are read directly to where the gatherer expects them. The link sends chunks, and the connection's own task reads outcomes.
/// They share only the table of chunks in flight, which is bounded by what the coordinator dispatches to a node.
/// </remarks>
internal sealed partial class ClientConnection(
    DataConnection connection, int nodeId, string address, PoolState pool, IActorRef coordinator, IActorRef link,
    ExceptionFormat sessionExceptions, WorkerThreads threads, bool isWorker = false)
    : IDisposable
{
    private readonly ConcurrentDictionary<long, SentChunk> _sent = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _clock = pool.Settings.TimeProvider;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _posted = Task.CompletedTask;
    private long _chunks;

    /// <summary>The node's number in this pool while this connection lasts.</summary>
    public int NodeId => nodeId;

    /// <summary>The node's address, as messages name it.</summary>
    public string Address => address;

    /// <summary>How long nothing has come from the node on this connection.</summary>
    public TimeSpan Silence => connection.Silence;

    /// <summary>Completes when nothing reads from the connection any longer.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether a chunk has been sent whose outcome has not arrived.</summary>
    public bool HasInFlight => !_sent.IsEmpty;

    /// <summary>Gets the numbers of a job's chunks in flight.</summary>
    public IReadOnlyList<long> GetChunks(long job) => [.. _sent.Where(sent => sent.Value.Lease.Job.Id == job).Select(sent => sent.Key)];

    /// <summary>Finds a chunk in flight by its number here; null for others.</summary>
    public Lease? FindLease(long chunk) => _sent.TryGetValue(chunk, out var sent) ? sent.Lease : null;

    /// <summary>Reads outcomes until the connection ends.</summary>
    /// <returns>Why it ended; null after an orderly close.</returns>
    public async Task<Exception?> RunAsync()
    {
        connection.Traffic = pool.Counters.Traffic;
        await connection.RunAsync(connection.HasThread ? HandleAndRunActors : HandleAsync).ConfigureAwait(false);
        _questions.End();
        foreach (var sent in _sent.Values)
            EndSpan(sent.Span, "lost");
        _ended.TrySetResult();
        return await connection.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the connection at once.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _ = connection.DisposeAsync().AsTask();
    }

    /// <summary>Closes the connection in order.</summary>
    public void Close() => _ = connection.CloseAsync();

    /// <summary>Sends a frame after earlier ones; never blocks. Used only by the link.</summary>
    public void Post(byte kind, PayloadWriter body)
    {
        // What waits here is bounded by the number of chunks that the node may have and by the number of jobs.
        _posted = _posted.IsCompleted ? SendAsync(kind, body) : SendBehindAsync(_posted, kind, body);
    }

    /// <summary>Tells the node that the pool is alive, unless the connection's send window is full.</summary>
    public void SendHeartbeat() => connection.TrySend(DataProtocol.Heartbeat, new PayloadWriter());

    /// <summary>Sends a chunk. Used only by the link.</summary>
    /// <param name="lease">The chunk.</param>
    /// <param name="definition">The definition of its job, if this is the job's first chunk here.</param>
    /// <param name="ended">Jobs that have ended.</param>
    /// <param name="reportsStart">Whether the node reports the chunk's start: one more loss would be its last.</param>
    /// <returns>Whether it was sent; if not, the job is refused.</returns>
    public bool Send(Lease lease, DataProtocol.JobDefinition? definition, IReadOnlyCollection<long> ended, bool reportsStart)
    {
        var wire = lease.Job.Wire!;
        var id = ++_chunks;
        var body = new PayloadWriter();
        var span = ChunkTrace.StartSent(lease, address, isWorker);
        lease.Sent = _clock.GetTimestamp();
        // Writing a chunk may take a while: other threads take over the other work of this one.
        WorkerThreads.EnterUserCode();
        try
        {
            WireRecord.Write(body, new DataProtocol.RunHeader(
                lease.Job.Id, id, lease.Chunk.Start, lease.Chunk.Count, lease.Attempt, reportsStart, lease.Losses > 0, definition, ended));
            wire.WriteInputs(body, lease.Chunk);
            if (lease.Job.Trace is { } trace)
                WireRecord.Write(body, new DataProtocol.TraceLink(span?.Context ?? trace.Context));
            DataProtocol.CheckFits(body, connection, "inputs");
        }
        catch (Exception e)
        {
            body.Dispose();
            EndSpan(span, e.GetType().FullName);
            coordinator.Tell(new NodeProtocol.JobRefused(lease.Job, e));
            coordinator.Tell(new NodeProtocol.ChunkReturned(lease, nodeId, LossCause.Stopped));
            return false;
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
        lease.Serializing = _clock.GetElapsedTime(lease.Sent);
        _sent.TryAdd(id, new SentChunk(lease, body.Length, span));
        Post(DataProtocol.Run, body);
        return true;
    }

    private async Task SendBehindAsync(Task before, byte kind, PayloadWriter body)
    {
        await before.ConfigureAwait(false);
        await SendAsync(kind, body).ConfigureAwait(false);
    }

    private async Task SendAsync(byte kind, PayloadWriter body)
    {
        try
        {
            await connection.SendAsync(kind, body, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended; its reader reports that.
        }
    }

    /// <summary>Handles a frame on the connection's own thread, and runs there what that wakes.</summary>
    /// <remarks>Actors take microseconds. Handing them to another thread would take longer, as long as this one then only waits.</remarks>
    private ValueTask HandleAndRunActors(Frame frame)
    {
        var thread = WorkerThread.Current ?? WorkerThread.Adopt(threads);
        var handled = HandleAsync(frame);
        thread.RunQueued();
        return handled;
    }

    private async ValueTask HandleAsync(Frame frame)
    {
        var (body, token) = (frame.Body, _stop.Token);
        switch (frame.Kind)
        {
            case DataProtocol.Outcome:
                await OnOutcomeAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Started:
                var report = await WireRecord.ReadAsync<DataProtocol.StartReport>(body, token).ConfigureAwait(false);
                if (_sent.TryGetValue(report.Chunk, out var started))
                    started.Lease.MarkStarted(report.HasStarted);
                break;
            case DataProtocol.RenewLeases:
                CheckLeases(await WireRecord.ReadAsync<DataProtocol.LeaseReport>(body, token).ConfigureAwait(false));
                break;
            case DataProtocol.MissingModules:
                var missing = await WireRecord.ReadAsync<DataProtocol.MissingModulesReport>(body, token).ConfigureAwait(false);
                link.Tell(new MissingModules(this, missing.Hashes.ToHashSet(StringComparer.Ordinal)));
                break;
            case DataProtocol.AskModule:
                link.Tell(Find(await WireRecord.ReadAsync<DataProtocol.ModuleQuestion>(body, token).ConfigureAwait(false)));
                break;
            case DataProtocol.Log:
                Take(await WireRecord.ReadAsync<DataProtocol.LogRecord>(body, token).ConfigureAwait(false));
                break;
            case DataProtocol.AskPool:
                Answer(await WireRecord.ReadAsync<DataProtocol.PoolQuestion>(body, token).ConfigureAwait(false));
                break;
            case DataProtocol.NodeAnswer:
                await _questions.TakeAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.JobFailed:
                var failed = await WireRecord.ReadAsync<DataProtocol.RefusalReport>(body, token).ConfigureAwait(false);
                link.Tell(new JobFailed(failed.Job, failed.ToException(FindJob(failed.Job)?.Wire!.Exceptions)));
                break;
            case DataProtocol.SessionFailed:
                var refusal = await WireRecord.ReadAsync<DataProtocol.RefusalReport>(body, token).ConfigureAwait(false);
                link.Tell(new SessionFailed(refusal.ToException(sessionExceptions)));
                break;
            default:
                throw new InvalidDataException($"A frame of kind [{frame.Kind}] is not one that a node sends.");
        }
    }

    private void Take(DataProtocol.LogRecord record)
    {
        if (record.Line.Kind != LineKind.Logged && !pool.FunctionLog.TakesOutput)
            throw new InvalidDataException("It sends what functions write, which this pool has not asked for.");
        var origin = record.Line.Origin;
        origin = isWorker ? origin with { Worker = address } : origin with { Node = address };
        if (record.Dropped > 0)
        {
            pool.FunctionLog.Write(FunctionLine.FromOutput(
                $"[{record.Dropped}] lines more were logged or written there, faster than they are taken.", isError: true,
                new LineOrigin(Job: null, 0, origin.Worker, origin.Node)) with { Kind = LineKind.Logged });
        }
        pool.FunctionLog.Write(record.Line with { Origin = origin });
    }

    private static void EndSpan(Activity? span, string? error)
    {
        if (span is null)
            return;
        if (error is not null)
            span.SetError(error);
        Tracing.StopDetached(span);
    }

    // Reads and hashes files. Other frames of this node wait meanwhile, which also bounds what it can ask for.
    private ModuleFound Find(DataProtocol.ModuleQuestion question)
    {
        try
        {
            return new ModuleFound(this, question.Number, ModuleCatalog.Shared.Find(question.Query), Problem: null);
        }
        catch (FunctionNotShippableException e)
        {
            return new ModuleFound(this, question.Number, Module: null, e.Message);
        }
    }

    /// <summary>Checks that the node still holds each chunk it was sent that has no outcome.</summary>
    /// <exception cref="InvalidDataException">It holds fewer: it will never report the missing ones.</exception>
    /// <remarks>Outcomes arrive in order before this report, so a chunk without an outcome must be at the node.</remarks>
    private void CheckLeases(DataProtocol.LeaseReport report)
    {
        var expected = _sent.Count(sent => sent.Key <= report.LastChunk);
        if (expected > report.Count)
            throw new InvalidDataException($"It has [{report.Count}] of the [{expected}] chunks that it was sent.");
    }

    /// <summary>Finds a job of which a chunk is in flight; null for others.</summary>
    private JobExecution? FindJob(long job) => _sent.Values.FirstOrDefault(sent => sent.Lease.Job.Id == job)?.Lease.Job;

    private async ValueTask OnOutcomeAsync(PayloadReader body, CancellationToken token)
    {
        var header = await WireRecord.ReadAsync<DataProtocol.OutcomeHeader>(body, token).ConfigureAwait(false);
        if (!_sent.TryRemove(header.Chunk, out var sent))
            throw new InvalidDataException($"An outcome is of chunk [{header.Chunk}], which is not in flight.");
        var lease = sent.Lease;
        if (header.Status is not (DataProtocol.OutcomeStatus.Ran or DataProtocol.OutcomeStatus.Failed))
        {
            EndSpan(sent.Span, header.Status is DataProtocol.OutcomeStatus.Stopped ? "stopped" : "handed_back");
            coordinator.Tell(new NodeProtocol.ChunkReturned(lease, nodeId, header.Status switch
            {
                DataProtocol.OutcomeStatus.Stopped => LossCause.Stopped,
                DataProtocol.OutcomeStatus.Interrupted => LossCause.Interrupted,
                _ => LossCause.HandedBack,
            }));
            return;
        }
        (lease.Elapsed, lease.Bytes) = (header.Elapsed, Math.Max(sent.Bytes, body.Remaining));
        if (header.Failures.Count > 0)
            lease.HasFailures = true;
        if (lease.TryReport())
        {
            // If results cannot be read, the job has failed: the gatherer must not count the chunk as done.
            var hasResults = header.Status == DataProtocol.OutcomeStatus.Ran;
            if (await TryReadRestAsync(lease, hasResults, sent.Span, body, token).ConfigureAwait(false))
                ReportOutcome(sent, header);
        }
        else
        {
            EndSpan(sent.Span, error: null);
        }
        coordinator.Tell(lease);
    }

    private async ValueTask<bool> TryReadRestAsync(
        Lease lease, bool hasResults, Activity? span, PayloadReader body, CancellationToken token)
    {
        // The caller's converters run in it, and may wait for the pool: what they start must not wait for this thread.
        WorkerThreads.EnterUserCode();
        var started = _clock.GetTimestamp();
        try
        {
            if (hasResults)
                await lease.Job.Wire!.ReadResultsAsync(body, lease.Chunk, token).ConfigureAwait(false);
            lease.Serializing += _clock.GetElapsedTime(started);
            if (body.Remaining > 0)
                lease.Queue = await WireRecord.ReadAsync<DataProtocol.QueueTimes>(body, token).ConfigureAwait(false);
            return true;
        }
        catch (PayloadException e)
        {
            EndSpan(span, e.GetType().FullName);
            coordinator.Tell(new NodeProtocol.JobRefused(lease.Job, e));
            return false;
        }
        catch
        {
            // Only part of it arrived: the report is undone, and another node will run the chunk.
            EndSpan(span, "lost");
            lease.UndoReport();
            throw;
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
    }

    private List<WorkItemException> ReadFailures(IEnumerable<DataProtocol.ItemFailure> failures, Lease lease)
    {
        WorkerThreads.EnterUserCode(); // exceptions of the program's read themselves
        try
        {
            var (format, nodes) = (lease.Job.Wire!.Exceptions, isWorker ? 0 : lease.Losses);
            return [.. failures.Select(failure => failure.ToException(GetWorker(failure), format, nodes))];
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
    }

    private void ReportOutcome(SentChunk sent, DataProtocol.OutcomeHeader header)
    {
        var (job, chunk) = (sent.Lease.Job, sent.Lease.Chunk);
        var failures = header.Failures.Count == 0 ? null : ReadFailures(header.Failures, sent.Lease);
        if (sent.Span is { } span)
        {
            // Before the outcome is told: the caller may have its answer then.
            ChunkTrace.Record(span, failures);
            Tracing.StopDetached(span);
        }
        if (header.Attempts.Count == 0 || job.ChunkIsItem)
        {
            var attempt = header.Attempts.Count == 0 ? failures?[0].Attempts ?? 1 : header.Attempts[0].Attempts;
            sent.Lease.Job.Gatherer.Tell(new ChunkOutcome(job, chunk, attempt, failures, Retries: null)
            {
                Retried = header.Retried,
                Elapsed = header.Elapsed,
            });
            return;
        }
        // One outcome for each run of neighbouring items that took the same number of attempts.
        var attempts = header.Attempts.ToDictionary(one => one.Offset, one => one.Attempts);
        var (retried, elapsed) = (header.Retried, header.Elapsed);
        for (var from = 0; from < chunk.Count;)
        {
            var same = attempts.GetValueOrDefault(from, 1);
            var to = from + 1;
            while (to < chunk.Count && attempts.GetValueOrDefault(to, 1) == same)
                to++;
            var part = chunk.Slice(from, to - from);
            var failed = failures?.Where(failure => failure.Index >= part.Start && failure.Index < part.Start + part.Count).ToList();
            var outcome = new ChunkOutcome(job, part, same, failed is { Count: > 0 } ? failed : null, Retries: null)
            {
                Retried = retried,
                Elapsed = elapsed,
            };
            sent.Lease.Job.Gatherer.Tell(outcome);
            (from, retried, elapsed) = (to, 0, TimeSpan.Zero);
        }
    }

    // A worker process has one worker, by whose name the pool knows it.
    private string GetWorker(DataProtocol.ItemFailure failure) => isWorker ? address : $"{failure.Worker} on {address}";

    /// <summary>Connection to link: of the offered modules, the node lacks these.</summary>
    public sealed record MissingModules(ClientConnection Connection, IReadOnlySet<string> Hashes) : IPoolMessage;

    /// <summary>Connection to link: a module that a function at the node needs, or why not.</summary>
    public sealed record ModuleFound(ClientConnection Connection, int Number, NamedModule? Module, string? Problem)
        : IPoolMessage;

    /// <summary>Connection to link: the node cannot run the job.</summary>
    public sealed record JobFailed(long Job, Exception Error) : IPoolMessage;

    /// <summary>Connection to link: the node cannot create workers for the pool.</summary>
    public sealed record SessionFailed(Exception Error) : IPoolMessage;

    /// <param name="Lease">The chunk.</param>
    /// <param name="Bytes">Bytes of its frame.</param>
    /// <param name="Span">Its span; null if no one wants it.</param>
    private sealed record SentChunk(Lease Lease, long Bytes, Activity? Span);
}
