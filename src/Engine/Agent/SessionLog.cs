using ActorPool.Diagnostics;
using ActorPool.Wire;
using Microsoft.Extensions.Logging;

namespace ActorPool.Agent;

/// <summary>Sends what the functions of a session log and write to its client.</summary>
/// <remarks>
/// A line that finds no room on the connection is dropped, and so is what comes too fast; the next line tells how many were. The limit is
/// that of the client: a function that logs in a loop takes nothing from the others of its node.
/// </remarks>
/// <param name="requests">What the client wants.</param>
/// <param name="limiter">Bounds the lines; null where the client has no more than one worker here.</param>
/// <param name="trySend">Sends a line if there is room.</param>
internal sealed class SessionLog(
    DataProtocol.SessionRequests requests, LineLimiter? limiter, Func<DataProtocol.LogRecord, bool> trySend) : IFunctionLog
{
    private long _dropped;

    public LogLevel MinLevel => requests.MinLevel;

    public bool TakesOutput => requests.TakesOutput;

    public void Write(FunctionLine line)
    {
        if (limiter is not null && !limiter.TryPass(out _))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        if (line.Exception is { } exception)
            line = line with { Error = SafeText.Read(nameof(exception.ToString), exception.ToString), Exception = null };
        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (!trySend(new DataProtocol.LogRecord(line, dropped)))
            Interlocked.Add(ref _dropped, dropped + 1);
    }
}
