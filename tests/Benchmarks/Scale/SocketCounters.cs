using System.Diagnostics.Tracing;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Counts the bytes of this process's sockets, as the runtime reports them.</summary>
/// <remarks>That is what TLS makes of the frames, with the small messages of the control plane.</remarks>
internal sealed class SocketCounters : EventListener
{
    private readonly Lock _gate = new();
    private double _sent;
    private double _received;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the counters are newer than this call.</summary>
    public async Task<(double Sent, double Received)> ReadAsync()
    {
        for (var i = 0; i < 2; i++) // a report that is under way may be older
        {
            Task next;
            lock (_gate)
                next = _next.Task;
            await next;
        }
        lock (_gate)
            return (_sent, _received);
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name is "System.Net.Sockets")
        {
            EnableEvents(
                eventSource,
                EventLevel.Critical,
                EventKeywords.None,
                new Dictionary<string, string?>(StringComparer.Ordinal) { ["EventCounterIntervalSec"] = "0.2" });
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName is not "EventCounters" || eventData.Payload is not [IDictionary<string, object?> counter])
            return;
        lock (_gate)
        {
            switch (counter["Name"])
            {
                case "bytes-sent":
                    _sent = (double)counter["Mean"]!;
                    break;
                case "bytes-received":
                    _received = (double)counter["Mean"]!;
                    break;
                case "datagrams-sent": // the last of them
                    _next.TrySetResult();
                    _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    break;
                default:
                    break;
            }
        }
    }
}
