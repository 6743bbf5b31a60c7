namespace ActorPool.Benchmarks;

/// <summary>The values of a workload's contenders, round by round.</summary>
internal sealed class Results(Workload workload, IReadOnlyList<string> contenders)
{
    private readonly Dictionary<(string Contender, string Metric), SortedDictionary<int, double>> _rounds = [];

    public Workload Workload { get; } = workload;
    public IReadOnlyList<string> Contenders { get; } = contenders;
    public Dictionary<string, Exception> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Rounds that other processes disturbed, but that count.</summary>
    /// <remarks>They were run again as often as allowed.</remarks>
    public int Disturbed { get; set; }

    public void Add(string contender, int round, IReadOnlyList<double> values)
    {
        for (var i = 0; i < values.Count; i++)
            Add(contender, round, Workload.Metrics[i].Name, values[i]);
    }

    public void Add(string contender, int round, string metric, double value)
    {
        if (!_rounds.TryGetValue((contender, metric), out var values))
            _rounds[(contender, metric)] = values = [];
        values[round] = value;
    }

    /// <summary>Contenders that cannot take part on this machine, and why.</summary>
    public Dictionary<string, string> Skipped { get; } = new(StringComparer.Ordinal);

    public void Fail(string contender, Exception fault) => Faults[contender] = fault;

    public bool Has(string contender, string metric) => !Faults.ContainsKey(contender) && _rounds.ContainsKey((contender, metric));

    public double GetValue(string contender, int round, string metric) => _rounds[(contender, metric)][round];

    public double GetMedian(string contender, string metric) => Quantiles.Median(GetValues(contender, metric));
    public double GetMin(string contender, string metric) => GetValues(contender, metric).Min();
    public double GetMax(string contender, string metric) => GetValues(contender, metric).Max();

    /// <summary>Gets the median over the rounds of one contender's value divided by another's.</summary>
    /// <remarks>Both values are of the same round, so that a machine that becomes slower or faster disturbs the ratio least.</remarks>
    public double GetRatio(string contender, string by, string metric)
    {
        var divisors = _rounds[(by, metric)];
        var values = _rounds[(contender, metric)].Where(round => divisors.ContainsKey(round.Key));
        return Quantiles.Median(values.Select(round => round.Value / divisors[round.Key]));
    }

    private SortedDictionary<int, double>.ValueCollection GetValues(string contender, string metric) =>
        _rounds[(contender, metric)].Values;
}
