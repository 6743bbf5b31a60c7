namespace ActorPool.Coordination;

/// <summary>Jobs that may get a chunk, the neediest first.</summary>
/// <remarks>
/// The neediest has the fewest chunks in flight, and has waited longest among those with as many.
/// One list for each number of chunks in flight: adding, removing and finding the first take constant time, however many jobs there are.
/// There are few such lists, since jobs with that many different numbers would need more workers than a pool can have.
/// </remarks>
internal sealed class JobLine(JobRefusal refusal)
{
    private readonly SortedList<int, LinkedList<JobPlace>> _lists = [];

    /// <summary>What its jobs cannot take.</summary>
    public JobRefusal Refusal { get; } = refusal;

    /// <summary>The neediest job's place; null if there is none.</summary>
    public JobPlace? First => _lists.Count == 0 ? null : _lists.GetValueAtIndex(0).First!.Value;

    /// <param name="place">A place that is in no line.</param>
    /// <param name="need">The lower, the sooner the job is served.</param>
    /// <param name="turn">Larger than that of all before it.</param>
    public void Add(JobPlace place, int need, long turn)
    {
        if (!_lists.TryGetValue(need, out var list))
            _lists.Add(need, list = []);
        (place.Line, place.Need, place.Turn) = (this, need, turn);
        list.AddLast(place.Node);
    }

    public void Remove(JobPlace place)
    {
        var list = place.Node.List!;
        list.Remove(place.Node);
        if (list.Count == 0)
            _lists.Remove(place.Need);
        place.Line = null;
    }
}

/// <summary>Where a job stands in the scheduler.</summary>
internal sealed class JobPlace
{
    public JobPlace(RunningJob job)
    {
        Job = job;
        Node = new LinkedListNode<JobPlace>(this);
    }

    public RunningJob Job { get; }

    public LinkedListNode<JobPlace> Node { get; }

    /// <summary>The line in which it stands; null while it has nothing that could be dispatched.</summary>
    public JobLine? Line { get; set; }

    public int Need { get; set; }

    public long Turn { get; set; }

    /// <summary>Whether it has had a chunk.</summary>
    public bool WasServed { get; set; }

    /// <summary>Whether it counts among the jobs with a chunk that is run again.</summary>
    public bool HasRequeued { get; set; }

    /// <summary>Whether it counts among those with one that waits for an empty node.</summary>
    public bool HasSuspect { get; set; }
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
