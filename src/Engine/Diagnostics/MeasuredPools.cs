using System.Diagnostics.Metrics;

namespace ActorPool.Diagnostics;

/// <summary>The pools and nodes of this process that instruments observe, as series by their tags.</summary>
/// <remarks>
/// Pools of one name are one series. What an ended pool has counted stays in the sums of its series, so that a pool which lives for a
/// shorter time than an exporter's interval is counted too. The number of series is bounded: see <see cref="MaxSeries"/>.
/// </remarks>
internal static class MeasuredPools
{
    /// <summary>Most series; the pools of further names share one.</summary>
    public const int MaxSeries = 200;

    /// <summary>The name of the pools that have no series of their own.</summary>
    public const string Others = "other";

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<(string? Pool, PoolRole Role), Series> s_series = [];

    public static void Add(IMeasured pool)
    {
        lock (s_lock)
            FindSeries(pool.Identity).Live.Add(pool);
    }

    /// <summary>Adds what a pool has counted to the sums of its series.</summary>
    /// <remarks>Does nothing for one that is not here.</remarks>
    public static void Remove(IMeasured pool)
    {
        lock (s_lock)
        {
            var series = FindSeries(pool.Identity);
            if (!series.Live.Remove(pool))
                return;
            for (var quantity = Quantity.ItemsCompleted; quantity <= Quantity.BytesReceived; quantity++)
            {
                if (pool.Read(quantity) is { } count)
                    series.Ended[(int)quantity] = (series.Ended[(int)quantity] ?? 0) + count;
            }
        }
    }

    /// <summary>Reads a quantity of each series that has it.</summary>
    /// <param name="quantity">What is read.</param>
    /// <param name="tag">A further tag of the measurements.</param>
    public static List<Measurement<long>> Observe(Quantity quantity, KeyValuePair<string, object?>? tag = null)
    {
        var measurements = new List<Measurement<long>>();
        lock (s_lock)
        {
            foreach (var (key, series) in s_series)
            {
                if (series.Read(quantity) is not { } value)
                    continue;
                var tags = new List<KeyValuePair<string, object?>>(3) { Tags.Role(key.Role == PoolRole.Node ? "node" : "pool") };
                if (key.Pool is not null)
                    tags.Add(Tags.Pool(key.Pool));
                if (tag is { } further)
                    tags.Add(further);
                measurements.Add(new Measurement<long>(value, tags));
            }
        }
        return measurements;
    }

    private static Series FindSeries(PoolIdentity identity)
    {
        var key = (identity.PoolTag, identity.Role);
        if (!s_series.TryGetValue(key, out var series))
        {
            if (s_series.Count >= MaxSeries)
                key = (Others, identity.Role);
            if (!s_series.TryGetValue(key, out series))
                s_series.Add(key, series = new Series());
        }
        return series;
    }

    private sealed class Series
    {
        public List<IMeasured> Live { get; } = [];

        /// <summary>What ended pools have counted, by <see cref="Quantity"/>; null where none has counted it.</summary>
        public long?[] Ended { get; } = new long?[(int)Quantity.BytesReceived + 1];

        public long? Read(Quantity quantity)
        {
            var sum = (int)quantity < Ended.Length ? Ended[(int)quantity] : null;
            foreach (var pool in Live)
            {
                if (pool.Read(quantity) is { } value)
                    sum = (sum ?? 0) + value;
            }
            return sum;
        }
    }
}
