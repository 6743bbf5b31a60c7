using Akka.Actor;
using Akka.Event;
using ActorPool.Telemetry;
using ActorPool.Workers;

namespace ActorPool.Chunking;

/// <summary>Reads one job's source, on a thread of the workers' dispatcher: this actor exists to block where the source does.</summary>
/// <remarks>
/// It reads as far as the coordinator allows (<see cref="IInputReader.Allow"/>), then rests until it is told to read on. The inputs
/// themselves are not messages: they wait in the input's buffer, of which the coordinator takes chunks.
/// </remarks>
internal sealed class InputReaderActor : ReceiveActor
{
    private readonly IInputReader _input;
    private readonly IActorRef _coordinator;
    private readonly object _ended;
    private Task _read = Task.CompletedTask;
    private bool _reading;
    private bool _stopping;

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

    /// <summary>Lets go of the source, also when the pool or its actor system ends: a source may hold files and connections.</summary>
    protected override void PostStop()
    {
        _input.Stop();
        WorkerThreads.EnterUserCode();
        _ = Dispose(Context.GetLogger());
        WorkerThreads.LeaveUserCode();
    }

    private void Read()
    {
        if (_reading || _stopping)
            return;
        _reading = true;
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
        _reading = false;
        if (_stopping)
            Context.Stop(Self);
        else if (_input.HasEnded)
            _coordinator.Tell(_ended);
        else if (!_input.TryRest())
            Self.Tell(ReadOn.Instance);
    }

    private void OnStop()
    {
        _stopping = true;
        if (!_reading)
            Context.Stop(Self);
    }

    private async Task Dispose(ILoggingAdapter log)
    {
        try
        {
            await _read; // a source is not disposed of under a read
            await _input.DisposeAsync();
        }
        catch (Exception e)
        {
            // The job has ended with its own outcome; nobody is left to throw this to.
            log.InputDisposalFailed(e);
        }
    }

    /// <summary>Coordinator to reader: the limit has moved.</summary>
    public sealed record ReadOn : INoSerializationVerificationNeeded
    {
        public static readonly ReadOn Instance = new();
    }

    /// <summary>Coordinator to reader: the job has ended; let go of the source.</summary>
    public sealed record StopReading : INoSerializationVerificationNeeded
    {
        public static readonly StopReading Instance = new();
    }

    private sealed record ReadDone : INoSerializationVerificationNeeded
    {
        public static readonly ReadDone Instance = new();
    }
}
