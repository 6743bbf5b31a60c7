using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Processes;
using ActorPool.Transport;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Client;

/// <summary>Links a pool to one of its worker processes, and replaces it when it ends.</summary>
/// <remarks>
/// It starts the process, sends it chunks, and ends it when it must.
/// <code>
/// Starting ──connected──► Serving ──process or connection ended──► Ending ──both ended──► Starting
///     └──────────────────────────── cannot start ────────────────────┘
/// </code>
/// The coordinator is told of the end only when nothing is read from the connection any longer: what the process has sent before it died
/// counts. The process's note (<see cref="WorkNote"/>) then tells which item had begun.
/// </remarks>
internal sealed class ProcessLinkActor : LinkActor, IWithTimers
{
    private const int MaxFailedStarts = 3;
    private const int MaxFailedRestarts = 6; // within some 8 s
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250); // each further one is twice as long
    private const string EndTimer = "end";
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(2); // between the ends of process and connection

    private readonly ProcessSource _source;
    private readonly PoolSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Task<ProcessStart>? _creating;
    private ProcessStart? _start;
    private ProcessLossCause _cause;
    private string? _reason; // why this side ended the process
    private bool _isConnectionOver;
    private ChildExit? _exit;
    private int _failedStarts;
    private bool _hasServed; // an earlier process was ready
    private readonly PulseWatch _pulse;

    public ProcessLinkActor(PoolState pool, ProcessSource source, IActorRef coordinator)
        : base(pool, source, coordinator)
    {
        (_source, _settings) = (source, pool.Settings);
        var cluster = _settings.Cluster;
        _pulse = new PulseWatch(cluster.LeaseInterval, cluster.LeaseTimeout, _settings.TimeProvider);
        Starting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(PoolState pool, ProcessSource source, IActorRef coordinator) =>
        Props.Create(() => new ProcessLinkActor(pool, source, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart() => StartProcess();

    protected override void PostStop()
    {
        if (_start is { } start)
            _source.AddEnding(start.EndAsync(Connection, Task.CompletedTask, _settings.AbandonAfter));
        else if (_creating is { } creating)
            _source.AddEnding(ProcessStart.EndAsync(creating));
    }

    protected override void MarkLost(string reason) => Kill(ProcessLossCause.Died, reason);

    protected override void OnJobEnded(NodeProtocol.JobEnded ended)
    {
        // Its outcome is sent when it is stopped, and its function may go on: then the note still has it.
        var chunks = Connection!.GetChunks(ended.Job.Id);
        if (chunks.Count > 0)
            Timers.StartSingleTimer(ended.Job, new Overdue(_start!, chunks), _settings.AbandonAfter);
        base.OnJobEnded(ended);
    }

    protected override void OnLease(Lease lease)
    {
        base.OnLease(lease);
        var isLimited = lease.Job.HasItemLimit || _settings.MaxMemoryPerWorker is not null;
        if (isLimited && !Timers.IsTimerActive(Check.Instance))
            Timers.StartPeriodicTimer(Check.Instance, Check.Instance, s_checkInterval);
        if (Timers.IsTimerActive(Look.Instance))
            return;
        _pulse.Restart();
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, _settings.Cluster.LeaseInterval);
    }

    private void Starting()
    {
        Receive<Restart>(_ => StartProcess());
        Receive<Created>(OnCreated);
        Receive<CreateFailed>(OnCreateFailed);
        Receive<Connected>(connected => connected.Start == _start, OnConnected);
        Receive<ConnectFailed>(failed => failed.Start == _start, failed => Kill(ProcessLossCause.Died, SafeText.GetReason(failed.Error)));
        InAllStates();
    }

    private void Serving()
    {
        ReceiveSession();
        Receive<ConnectionEnded>(ended => ended.Start == _start, OnConnectionEnded);
        Receive<Overdue>(overdue => overdue.Start == _start, OnOverdue);
        Receive<Check>(_ => OnCheck());
        Receive<Look>(_ => OnLook());
        Receive<NodeProtocol.RetireProcess>(_ => OnRetire());
        InAllStates();
    }

    private void InAllStates()
    {
        Receive<Exited>(exited => exited.Start == _start, OnExited);
        Receive<ConnectionEnded>(ended => ended.Start == _start, OnConnectionEnded);
        Receive<EndTimedOut>(timedOut => timedOut.Start == _start, _ => OnEndTimedOut());
        Receive<Connected>(late => _ = late.Connection.DisposeAsync().AsTask());
        // What belongs to an earlier process means nothing. A chunk that arrives while the process is lost is requeued with the loss.
        Receive<object>(
            message => message is ConnectFailed or ConnectionEnded or Exited or Overdue or Check or Look or EndTimedOut
                or NodeProtocol.RetireProcess || IsOfSession(message),
            _ => { });
    }

    private void StartProcess()
    {
        (_cause, _reason, _isConnectionOver, _exit) = (ProcessLossCause.Died, null, false, null);
        Become(Starting);
        _creating = _source.StartAsync(Pool.NextWorkerId(), _settings);
        _creating.PipeTo(Self, success: start => new Created(start), failure: e => new CreateFailed(e));
    }

    private void OnCreateFailed(CreateFailed failed)
    {
        _creating = null;
        OnCannotStart(failed.Error.Message, failed.Error);
    }

    private void OnCreated(Created created)
    {
        var start = created.Start;
        (_creating, _start) = (null, start);
        _ = new WorkerOutput(start.Name, start.Process, Pool, _log).ReadAsync();
        start.Process.Exited.PipeTo(Self, success: exit => new Exited(start, exit));
        start.AcceptAsync(new TransportLimits { MaxFrameBytes = _settings.Cluster.MaxFrameBytes, HandshakeTimeout = s_startTimeout })
            .PipeTo(Self, success: connection => new Connected(start, connection), failure: e => new ConnectFailed(start, e));
    }

    private void OnConnected(Connected connected)
    {
        var start = connected.Start;
        start.RemoveFiles();
        var id = start.WorkerId;
        Connection = new ClientConnection(
            connected.Connection, id, start.Name, Pool, Coordinator, Self, _source.Exceptions,
            WorkerThreads.For(Context.System.Settings), isWorker: true);
        start.Running.Connection = Connection;
        Connection.RunAsync().PipeTo(
            Self, success: error => new ConnectionEnded(start, error), failure: e => new ConnectionEnded(start, e));
        Become(Serving);
        SendSession(() => Coordinator.Tell(new NodeProtocol.NodeReady(id, Self, start.Name, Workers: 1)));
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        _isConnectionOver = true;
        if (_exit is null)
            Timers.StartSingleTimer(EndTimer, new EndTimedOut(ended.Start), s_endTimeout); // mostly it is ending by itself
        else
            OnGone();
    }

    private void OnExited(Exited exited)
    {
        _exit = exited.Exit;
        if (Connection is null || _isConnectionOver)
            OnGone();
        else
            Timers.StartSingleTimer(EndTimer, new EndTimedOut(exited.Start), s_endTimeout); // a process that it has started has the socket
    }

    /// <summary>Ends what is left of the two: the process, or the connection.</summary>
    private void OnEndTimedOut()
    {
        if (_isConnectionOver)
            Kill(ProcessLossCause.Died, "it had closed its connection");
        else
            Connection?.Dispose();
    }

    /// <summary>The process has ended, and all that it sent was read.</summary>
    private void OnGone()
    {
        var (start, connection) = (_start!, Connection);
        Timers.CancelAll();
        var reason = _reason is null
            ? $"its process {start.Process.Id} {_exit!.Describe()}."
            : $"its process {start.Process.Id} was ended, since {_reason}.";
        ForgetJobs();
        Become(Starting);
        (_start, Connection) = (null, null);
        var (chunk, position) = (start.Note.Chunk, start.Note.Position);
        var running = connection?.FindLease(chunk);
        // One that dies before its worker is ready does so again, if it dies of the pool's initializer.
        var isUnready = HasInitializer && _cause == ProcessLossCause.Died && !start.Note.IsReady;
        var told = Task.CompletedTask;
        if (connection is not null)
        {
            var cause = isUnready ? ProcessLossCause.Unready : _cause;
            var lost = new NodeProtocol.ProcessLost(connection.NodeId, cause, running, position, reason, _exit!.ErrorLines);
            told = TellLostAsync(Coordinator, lost, start, connection.FindLease(start.Note.KeptChunk));
        }
        _source.AddEnding(start.EndAsync(connection, told, TimeSpan.Zero));
        if (connection is null || isUnready)
        {
            var output = _exit!.ErrorLines.Count == 0 ? "" : $" It wrote: {string.Join(Environment.NewLine, _exit.ErrorLines)}";
            var question = HasInitializer ? " Does the initializer or the state factory end it?" : "";
            OnCannotStart($"{reason}{question}{output}", error: null);
            return;
        }
        (_failedStarts, _hasServed) = (0, true);
        StartProcess();
    }

    private bool HasInitializer => _settings.Initializer is not null || _settings.WorkerState is not null;

    /// <summary>Tries again, and gives up the pool when no process starts.</summary>
    /// <remarks>After a process that has served, what is missing may come back: files of the program that are being replaced.</remarks>
    private void OnCannotStart(string reason, Exception? error)
    {
        var isLast = ++_failedStarts >= (_hasServed ? MaxFailedRestarts : MaxFailedStarts);
        if (!isLast && _hasServed)
        {
            Timers.StartSingleTimer(Restart.Instance, Restart.Instance, s_firstPause * Math.Pow(2, _failedStarts - 1));
            return;
        }
        if (!isLast && error is null)
        {
            StartProcess();
            return;
        }
        Coordinator.Tell(new NodeProtocol.ProcessesFailed(reason, error));
    }

    private void Kill(ProcessLossCause cause, string reason)
    {
        if (_start is null || _reason is not null)
            return;
        (_cause, _reason) = (cause, reason);
        _start.Process.Kill();
    }

    /// <summary>Ends the process in order: it disposes of its worker's state.</summary>
    private void OnRetire()
    {
        (_cause, _reason) = (ProcessLossCause.Stopped, "it has run WorkerPoolOptions.MaxTasksPerWorker items");
        Connection!.Close();
    }

    private void OnOverdue(Overdue overdue)
    {
        // Also where none of its items runs: its inputs are read, or its results written, by code of the program's.
        if (overdue.Chunks.Contains(_start!.Note.Chunk) || overdue.Chunks.Any(chunk => Connection!.FindLease(chunk) is not null))
            Kill(ProcessLossCause.Overdue, "its function did not return after the end of its job");
    }

    /// <summary>Looks at the running item's time, and at the memory of the process.</summary>
    private void OnCheck()
    {
        var (start, connection) = (_start!, Connection!);
        if (!HasChunks)
        {
            Timers.Cancel(Check.Instance);
            return;
        }
        var running = connection.FindLease(start.Note.Chunk);
        if (running is not null && start.Note.Asked is not 0 and var asked)
        {
            if (_settings.TimeProvider.GetElapsedTime(asked) > _settings.RetryWhenTimeout)
                Kill(ProcessLossCause.Unanswered, $"JobOptions.RetryWhen has not returned within [{_settings.RetryWhenTimeout}]");
        }
        else if (running?.Job.Options.ItemTimeout is { } limit && start.Note.ItemStarted is not 0 and var started
            && _settings.TimeProvider.GetElapsedTime(started) > limit + _settings.AbandonAfter)
            Kill(ProcessLossCause.TimedOut, $"its item did not watch its token after [{limit}]");
        else if (_settings.MaxMemoryPerWorker is { } most && start.Process.ResidentBytes is var bytes && bytes > most)
            Kill(ProcessLossCause.Died, $"it used [{bytes}] bytes of memory, and WorkerPoolOptions.MaxMemoryPerWorker is [{most}]");
    }

    /// <summary>Looks whether a process that has a chunk runs at all, or is stopped.</summary>
    /// <remarks>
    /// How long it takes for the chunk means nothing: it may run the initializer, read inputs, or write results that a query computes.
    /// </remarks>
    private void OnLook()
    {
        if (!HasChunks)
        {
            Timers.Cancel(Look.Instance);
            return;
        }
        var (note, process) = (_start!.Note, _start.Process);
        if (_pulse.Look(note.Pulse, note.IsDebugged, process.ReadProcessorTime) is not { } silence)
            return;
        if (process.IsHeld)
            _pulse.Restart();
        else
            Kill(ProcessLossCause.Died, $"it gave no sign of life for [{silence}]: it was stopped (SIGSTOP), or hung as a whole");
    }

    /// <summary>Tells the coordinator what the process has left, once that is read.</summary>
    private static async Task TellLostAsync(IActorRef coordinator, NodeProtocol.ProcessLost lost, ProcessStart start, Lease? kept)
    {
        // Results are read only into a reported lease. That is undone: the rest of the chunk runs again.
        if (kept is not null && start.Note.KeptBytes > 0 && kept.TryReport())
        {
            try
            {
                var items = await Task.Run(() => KeptItems.ReadAsync(start.Note.ReadKept(), kept, start.Name)).ConfigureAwait(false);
                lost = lost with { Kept = items };
            }
            catch (InvalidDataException)
            {
                // The process has overwritten its note before it died: its items run again.
            }
            finally
            {
                kept.UndoReport();
                coordinator.Tell(lost);
            }
            return;
        }
        coordinator.Tell(lost);
    }

    private sealed record Created(ProcessStart Start) : IPoolMessage;

    private sealed record CreateFailed(Exception Error) : IPoolMessage;

    private sealed record Connected(ProcessStart Start, DataConnection Connection) : IPoolMessage;

    private sealed record ConnectFailed(ProcessStart Start, Exception Error) : IPoolMessage;

    private sealed record ConnectionEnded(ProcessStart Start, Exception? Error) : IPoolMessage;

    private sealed record Exited(ProcessStart Start, ChildExit Exit) : IPoolMessage;

    private sealed record Overdue(ProcessStart Start, IReadOnlyList<long> Chunks) : IPoolMessage;

    private sealed record EndTimedOut(ProcessStart Start) : IPoolMessage;

    private sealed record Restart : IPoolMessage
    {
        public static readonly Restart Instance = new();
    }

    private sealed record Look : IPoolMessage
    {
        public static readonly Look Instance = new();
    }

    private sealed record Check : IPoolMessage
    {
        public static readonly Check Instance = new();
    }
}
