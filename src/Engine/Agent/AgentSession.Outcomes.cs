using ActorPool.Diagnostics;
using ActorPool.Serialization;
using ActorPool.Wire;
using ActorPool.Workers;

namespace ActorPool.Agent;

// Outcomes: runs chunks, and sends the client exactly one outcome of each.
internal sealed partial class AgentSession
{
    private const int MaxInlineResults = 256;

    private void HandBack(IEnumerable<long> chunks)
    {
        List<HeldChunk>? waiting = null, running = null;
        foreach (var chunk in chunks)
        {
            if (!_held.TryGetValue(chunk, out var held) || !held.TryEnd(out var hadStarted))
                continue;
            (hadStarted ? running ??= [] : waiting ??= []).Add(held);
            Post(ChunkReport.Without(chunk, hadStarted ? DataProtocol.OutcomeStatus.Interrupted : DataProtocol.OutcomeStatus.HandedBack));
        }
        if (running is not null)
            host.OnHandedBack(this, hasStarted: true, ItemSpan.List(running.Select(held => (held.Job, held.Start, held.Count))));
        if (waiting is not null)
            host.OnHandedBack(this, hasStarted: false, ItemSpan.List(waiting.Select(held => (held.Job, held.Start, held.Count))));
    }

    private async Task RunChunkAsync(PendingChunk pending, DataProtocol.QueueTimes wait)
    {
        if (!_held.TryGetValue(pending.Chunk.Id, out var held) || !held.TryStart())
        {
            ReleaseWorker(); // it was handed back meanwhile
            return;
        }
        ChunkReport report;
        if (pending.Chunk.ReportsStart)
            ReportStart(pending.Chunk.Id, hasStarted: true);
        try
        {
            report = await RunAsync(pending).ConfigureAwait(false);
        }
        catch (NoWorkersException e) when (e.InnerException is { } cause)
        {
            await SendFailureAsync(DataProtocol.SessionFailed, 0, cause, CancellationToken.None).ConfigureAwait(false);
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }
        catch (PoolTerminatedException)
        {
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Interrupted);
        }
        catch (Exception e)
        {
            await SendFailureAsync(DataProtocol.JobFailed, pending.Job.Id, e, CancellationToken.None).ConfigureAwait(false);
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }
        Count(pending, report.Header);
        // Before the worker is released: this may be the last chunk that the node waits for before it leaves.
        var mustSend = held.TryEnd(out _);
        // The worker is released first: it can start its next chunk while this one's results are written.
        ReleaseWorker();
        if (mustSend)
            await SendAsync(pending, report, wait).ConfigureAwait(false);
    }

    private void Count(PendingChunk pending, DataProtocol.OutcomeHeader header)
    {
        if (header.Status is not (DataProtocol.OutcomeStatus.Ran or DataProtocol.OutcomeStatus.Failed))
            return;
        var job = pending.Job;
        Interlocked.Increment(ref job.Chunks);
        Interlocked.Add(ref job.Items, pending.Chunk.Count);
        if (header.Failures.Count == 0)
            return;
        Interlocked.Add(ref job.Failed, header.Failures.Count);
        if (header is { Status: DataProtocol.OutcomeStatus.Failed, Failures: [var failure, ..] })
            host.OnJobFailed(this, job, failure.Index, failure.Error.TypeName);
    }

    /// <summary>Says whether this process works on a chunk, which may end it.</summary>
    private void ReportStart(long chunk, bool hasStarted)
    {
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.StartReport(chunk, hasStarted));
        Connection.TrySend(DataProtocol.Started, body); // in the socket when this returns, unless much else waits to be sent
    }

    private async Task<ChunkReport> RunAsync(PendingChunk pending)
    {
        var (chunk, pool) = (pending.Chunk, _pool!);
        if (chunk.IsSuspect && TryBeginSuspect(pool) is { } isolated)
        {
            try
            {
                return await chunk.RunAsync(isolated, pending.Job.Stop).ConfigureAwait(false);
            }
            catch (NoWorkersException e) when (!ReferenceEquals(isolated, pool))
            {
                host.OnNotIsolated(this, e); // no process starts here: the chunk runs as others do
            }
            finally
            {
                pool.EndSuspect();
            }
        }
        return await chunk.RunAsync(pool, pending.Job.Stop).ConfigureAwait(false);
    }

    /// <returns>Null if this program cannot be started again as a worker process.</returns>
    private ISessionPool? TryBeginSuspect(ISessionPool pool)
    {
        try
        {
            return pool.BeginSuspect();
        }
        catch (InvalidOperationException e)
        {
            host.OnNotIsolated(this, e);
            return null;
        }
    }

    private void ReleaseWorker()
    {
        if (gate.End(this))
            host.OnLastChunkDone();
    }

    private async Task SendAsync(PendingChunk pending, ChunkReport report, DataProtocol.QueueTimes wait)
    {
        var body = new PayloadWriter();
        // The gatherer's thread may run this: its other work should not wait until many results are written.
        var isLong = pending.Chunk.Count > MaxInlineResults;
        if (isLong)
            WorkerThreads.EnterUserCode();
        try
        {
            WireRecord.Write(body, report.Header);
            report.WriteResults?.Invoke(body);
            if (wait.IsWorthTelling)
                WireRecord.Write(body, wait);
            DataProtocol.CheckFits(body, Connection, "results");
        }
        catch (Exception e)
        {
            body.Dispose();
            await SendFailureAsync(DataProtocol.JobFailed, pending.Job.Id, e, CancellationToken.None).ConfigureAwait(false);
            body = new PayloadWriter();
            WireRecord.Write(body, ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped).Header);
        }
        finally
        {
            if (isLong)
                WorkerThreads.LeaveUserCode();
        }
        await SendOutcomeAsync(pending.Chunk.Id, body).ConfigureAwait(false);
    }

    private void Send(ChunkReport report)
    {
        if (_held.TryGetValue(report.Header.Chunk, out var held) && held.TryEnd(out _))
            Post(report);
    }

    private void Post(ChunkReport report)
    {
        var body = new PayloadWriter();
        WireRecord.Write(body, report.Header);
        _ = SendOutcomeAsync(report.Header.Chunk, body);
    }

    private async Task SendOutcomeAsync(long chunk, PayloadWriter body)
    {
        try
        {
            // Without a token: it ends with the connection at the latest.
            await Connection.SendAsync(DataProtocol.Outcome, body, CancellationToken.None).ConfigureAwait(false);
            Interlocked.Decrement(ref _chunks); // not earlier: see RenewLeases
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended: the client requeues the chunk.
        }
        finally
        {
            _held.TryRemove(chunk, out _);
            if (Volatile.Read(ref _ended) != 0 && _held.IsEmpty)
                _allSent.TrySetResult();
        }
    }

    private async ValueTask SendFailureAsync(byte kind, long job, Exception error, CancellationToken token)
    {
        if (_jobs.TryGetValue(job, out var failed))
            host.OnJobFailed(this, failed, item: null, error.GetType().FullName ?? error.GetType().Name);
        var body = new PayloadWriter();
        WireRecord.Write(body, DataProtocol.RefusalReport.From(job, error, _exceptions));
        try
        {
            await Connection.SendAsync(kind, body, token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended: the client requeues its chunks.
        }
    }

    /// <summary>A chunk that this node holds. Only the caller whose TryEnd succeeds sends its outcome.</summary>
    private sealed class HeldChunk(long start, int count)
    {
        private const int Waiting = 0;
        private const int Running = 1;
        private const int Ended = 2;

        private int _state;

        public long Start => start;

        public int Count => count;

        /// <summary>Its job's name.</summary>
        public string Job { get; set; } = "";

        /// <summary>The number of its job at the client.</summary>
        public long JobId { get; init; }

        public int Attempt { get; init; }

        /// <summary>When it came, as a timestamp of the node's clock.</summary>
        public long Since { get; init; }

        public bool HasStarted => Volatile.Read(ref _state) == Running;

        public bool TryStart() => Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting;

        public bool TryEnd(out bool hadStarted)
        {
            var before = Interlocked.Exchange(ref _state, Ended);
            hadStarted = before == Running;
            return before != Ended;
        }
    }
}
