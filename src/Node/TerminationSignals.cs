using System.Runtime.InteropServices;

namespace ActorPool.Node;

/// <summary>Turns the first SIGINT (Ctrl-C), SIGTERM or SIGHUP (a closed terminal) into cancellation.</summary>
/// <remarks>
/// A later one ends the process at once, if it comes more than 0.5 s later. Under nohup, SIGHUP stays ignored.
/// </remarks>
internal sealed class TerminationSignals : IDisposable
{
    // timeout(1) signals its command and then its whole group, so that one request arrives twice.
    private static readonly TimeSpan s_sameRequest = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _hangUp;
    private int _received;
    private long _receivedAt;

    public TerminationSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The first signal; null while none has arrived.</summary>
    public PosixSignal? Received => Volatile.Read(ref _received) is not 0 and var signal ? (PosixSignal)signal : null;

    /// <summary>Gets a shell's exit code for the signal: 128 plus its number.</summary>
    public static int GetExitCode(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 130,
        PosixSignal.SIGTERM => 143,
        PosixSignal.SIGHUP => 129,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Only SIGINT, SIGTERM and SIGHUP are handled."),
    };

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        var now = TimeProvider.System.GetTimestamp();
        var first = Interlocked.CompareExchange(ref _receivedAt, now, 0);
        context.Cancel = first == 0 || TimeProvider.System.GetElapsedTime(first, now) < s_sameRequest;
        if (first != 0)
            return;
        Volatile.Write(ref _received, (int)context.Signal);
        _cancellation.Cancel();
    }
}
