namespace ActorPool.Benchmarks;

/// <summary>What a workload's contenders yielded, round by round.</summary>
internal sealed class Results(Workload workload, IReadOnlyList<string> contenders)
{
    private readonly Dictionary<(string Contender, string Metric), SortedDictionary<int, double>> _rounds = [];

    public Workload Workload { get; } = workload;
    public IReadOnlyList<string> Contenders { get; } = contenders;
    public Dictionary<string, Exception> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Rounds that other processes disturbed and that count all the same, because running them again did not help.</summary>
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

    /// <summary>Contenders that cannot take part here, and why.</summary>
    public Dictionary<string, string> Skipped { get; } = new(StringComparer.Ordinal);

    public void Fail(string contender, Exception fault) => Faults[contender] = fault;

    public bool Has(string contender, string metric) => !Faults.ContainsKey(contender) && _rounds.ContainsKey((contender, metric));

    public double Value(string contender, int round, string metric) => _rounds[(contender, metric)][round];

    public double Median(string contender, string metric) => Quantiles.Median(Values(contender, metric));
    public double Min(string contender, string metric) => Values(contender, metric).Min();
    public double Max(string contender, string metric) => Values(contender, metric).Max();

    /// <summary>The median over the rounds of one contender's value by another's of the same round; a drifting machine disturbs it least.</summary>
    public double Ratio(string contender, string by, string metric)
    {
        var divisors = _rounds[(by, metric)];
        return Quantiles.Median(_rounds[(contender, metric)].Where(r => divisors.ContainsKey(r.Key)).Select(r => r.Value / divisors[r.Key]));
    }

    private SortedDictionary<int, double>.ValueCollection Values(string contender, string metric) => _rounds[(contender, metric)].Values;
}
