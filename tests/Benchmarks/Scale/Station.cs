namespace ActorPool.Benchmarks.Scale;

/// <summary>Serves in the order of arrival: a processor, several of them, or a link.</summary>
/// <remarks>Since arrivals come in the order of time, an end is known at once and needs no event of its own.</remarks>
internal sealed class Station
{
    private readonly PriorityQueue<int, double> _free = new(); // when each server is free

    public Station(int servers)
    {
        for (var i = 0; i < servers; i++)
            _free.Enqueue(i, 0);
    }

    /// <summary>Seconds that its servers have worked, or will have when the queue is empty.</summary>
    public double Busy { get; private set; }

    /// <summary>Serves one, and returns when that ends.</summary>
    public double Serve(double arrival, double service)
    {
        _free.TryDequeue(out var server, out var free);
        var end = Math.Max(arrival, free) + service;
        _free.Enqueue(server, end);
        Busy += service;
        return end;
    }

    /// <summary>Returns how long one that arrives now would wait.</summary>
    public double GetDelay(double now) => _free.TryPeek(out _, out var free) ? Math.Max(0, free - now) : 0;
}
