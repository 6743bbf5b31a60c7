using ActorPool.Chunking;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Coordination;

/// <summary>Reads one job's source on a thread of the workers' dispatcher, where it may block.</summary>
/// <remarks>
/// It reads as far as the coordinator allows (<see cref="IInputReader.Allow"/>), then rests until it is told to read on. The inputs are not
/// messages: they wait in the input's buffer, from which the coordinator takes chunks.
/// </remarks>
internal sealed class InputReaderActor : HandlerActor
{
    private readonly IInputReader _input;
    private readonly IActorRef _coordinator;
    private readonly object _ended;
    private Task _read = Task.CompletedTask;
    private State _state;

    public InputReaderActor(IInputReader input, IActorRef coordinator, object available, object ended)
    {
        _input = input;
        _coordinator = coordinator;
        _ended = ended;
        _input.OnAvailable = () => coordinator.Tell(available);
        Receive<ReadOn>(_ => Read());
        Receive<ReadDone>(_ => OnReadDone());
        Receive<StopReading>(_ => OnStop());
    }

    public static Props PropsFor(IInputReader input, IActorRef coordinator, object available, object ended) =>
        Props.Create(() => new InputReaderActor(input, coordinator, available, ended));

    /// <summary>Releases the source, also when the pool or its actor system ends.</summary>
    /// <remarks>A source may hold files and connections.</remarks>
    protected override void PostStop()
    {
        _input.Stop();
        WorkerThreads.EnterUserCode();
        _ = Dispose(Context.GetLogger());
        WorkerThreads.LeaveUserCode();
    }

    private void Read()
    {
        if (_state != State.Resting)
            return;
        _state = State.Reading;
        WorkerThreads.EnterUserCode();
        var read = _input.ReadAsync();
        WorkerThreads.LeaveUserCode();
        if (read.IsCompleted)
            OnReadDone();
        else
            (_read = read.AsTask()).PipeTo(Self, success: () => ReadDone.Instance);
    }

    private void OnReadDone()
    {
        if (_state == State.Stopping)
        {
            Context.Stop(Self);
            return;
        }
        _state = State.Resting;
        if (_input.HasEnded)
            _coordinator.Tell(_ended);
        else if (!_input.TryRest())
            Self.Tell(ReadOn.Instance);
    }

    private void OnStop()
    {
        if (_state == State.Resting)
            Context.Stop(Self);
        _state = State.Stopping;
    }

    private async Task Dispose(ILoggingAdapter log)
    {
        try
        {
            await _read.ConfigureAwait(false); // a source must not be disposed of during a read
            await _input.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The job has ended with its own outcome: no one would catch this exception.
            log.InputDisposalFailed(e);
        }
    }

    /// <summary>Coordinator to reader: the limit was raised.</summary>
    public sealed record ReadOn : IPoolMessage
    {
        public static readonly ReadOn Instance = new();
    }

    /// <summary>Coordinator to reader: the job has ended; release the source.</summary>
    public sealed record StopReading : IPoolMessage
    {
        public static readonly StopReading Instance = new();
    }

    private sealed record ReadDone : IPoolMessage
    {
        public static readonly ReadDone Instance = new();
    }

    private enum State
    {
        Resting,
        Reading,

        /// <summary>The job has ended; a read that is in progress may end first.</summary>
        Stopping,
    }
}
