namespace ActorPool.Coordination;

/// <summary>Jobs that may get a chunk, the neediest first.</summary>
/// <remarks>
/// The neediest has the fewest chunks in flight, and has waited longest among those with as many.
/// One list for each number of chunks in flight: adding, removing and finding the first take constant time, however many jobs there are.
/// There are few such lists, since jobs with that many different numbers would need more workers than a pool can have.
/// </remarks>
internal sealed class JobLine(JobRefusal refusal)
{
    private readonly SortedList<int, JobList> _lists = [];
    private readonly Stack<JobList> _unused = []; // a job changes its list with each chunk; at most as many as there were lists at a time

    /// <summary>What its jobs cannot take.</summary>
    public JobRefusal Refusal { get; } = refusal;

    /// <summary>The neediest job; null if there is none.</summary>
    public RunningJob? First => _lists.Count == 0 ? null : _lists.GetValueAtIndex(0).First;

    /// <param name="job">A job that is in no line.</param>
    /// <param name="need">The lower, the sooner the job is served.</param>
    /// <param name="turn">Larger than that of all before it.</param>
    public void Add(RunningJob job, int need, long turn)
    {
        if (!_lists.TryGetValue(need, out var list))
            _lists.Add(need, list = _unused.TryPop(out var unused) ? unused : new JobList());
        (job.Line, job.Need, job.Turn) = (this, need, turn);
        list.Add(job);
    }

    public void Remove(RunningJob job)
    {
        var list = job.List!;
        list.Remove(job);
        if (list.First is null)
        {
            _lists.Remove(job.Need);
            _unused.Push(list);
        }
        job.Line = null;
    }
}

/// <summary>Jobs in the order in which they came.</summary>
/// <remarks>A job is in one list at most, and knows its neighbours, so that moving it takes no memory.</remarks>
internal sealed class JobList
{
    private RunningJob? _last;

    public RunningJob? First { get; private set; }

    public void Add(RunningJob job)
    {
        (job.List, job.Previous) = (this, _last);
        if (_last is null)
            First = job;
        else
            _last.Next = job;
        _last = job;
    }

    public void Remove(RunningJob job)
    {
        if (job.Previous is { } previous)
            previous.Next = job.Next;
        else
            First = job.Next;
        if (job.Next is { } next)
            next.Previous = job.Previous;
        else
            _last = job.Previous;
        (job.List, job.Previous, job.Next) = (null, null, null);
    }
}

/// <summary>What a job is known to have nothing for, until something of it changes.</summary>
/// <param name="NeedsFreeWorker">It does not queue a chunk at a busy node while it has one in flight.</param>
/// <param name="Worker">The worker that found nothing; <see cref="NoWorker"/>, or <see cref="AnyWorker"/> for all.</param>
/// <param name="MaxLosses">The charges that a chunk for it might have had.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct JobRefusal(bool NeedsFreeWorker, int Worker, int MaxLosses)
{
    public const int NoWorker = -1;
    public const int AnyWorker = -2;

    public static readonly JobRefusal None = new(NeedsFreeWorker: false, NoWorker, 0);

    /// <summary>Whether a job that refused this may have a chunk for another offer.</summary>
    public bool Allows(int worker, bool avoidFailedWorker, int maxLosses) => Worker switch
    {
        NoWorker => true,
        AnyWorker => maxLosses > MaxLosses,
        _ => worker != Worker || !avoidFailedWorker || maxLosses > MaxLosses,
    };
}
