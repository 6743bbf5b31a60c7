namespace ActorPool.Terminal;

/// <summary>What is known of one job: its latest report and its speed.</summary>
/// <remarks>The job's thread writes <see cref="Latest"/>. Only the board's thread of the moment uses the rest.</remarks>
internal sealed class JobLine(string name, bool keep, JobProgress first, TimeProvider time)
{
    private readonly SpeedEstimate _speed = new(time, first.Elapsed);
    private JobProgress _latest = first;

    public string Name { get; } = Cells.Clean(name);

    /// <summary>Whether a line stays when the job has ended.</summary>
    public bool Keep => keep;

    /// <summary>When the job last wrote a line where there is no terminal, as a timestamp.</summary>
    public long Written { get; set; } = time.GetTimestamp();

    public JobProgress Latest
    {
        get => Volatile.Read(ref _latest);
        set => Volatile.Write(ref _latest, value);
    }

    /// <summary>Looks at the job now.</summary>
    public JobView View()
    {
        var latest = Latest;
        _speed.Add(latest.Done);
        return new JobView(Name, latest, _speed.Rate, _speed.GetRemaining(latest.Done, latest.Total));
    }
}
