namespace Testing;

/// <summary>A stock of seats, as a function of a pool may use it.</summary>
/// <param name="seats">The seats that are free.</param>
/// <param name="time">The clock of the store.</param>
public sealed class Stock(int seats, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _orders = [];
    private int _free = seats;

    public int Free => _free;

    /// <summary>Reserves a seat, with a bug.</summary>
    /// <remarks>While one order waits for the store, another one reads the same number.</remarks>
    public async ValueTask ReserveCarelesslyAsync(int order, CancellationToken cancellationToken)
    {
        var free = _free;
        await SaveAsync(cancellationToken);
        _free = free - 1;
    }

    /// <summary>Reserves a seat for an order, once, however often it runs for it.</summary>
    public async ValueTask ReserveAsync(int order, CancellationToken cancellationToken)
    {
        await SaveAsync(cancellationToken);
        lock (_lock)
        {
            if (_orders.Add(order))
                _free--;
        }
    }

    private Task SaveAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
}
