using Akka.Actor;

namespace ActorPool.Coordination;

/// <summary>Shares a few gatherers among all jobs: an idle one first, then in turn.</summary>
/// <remarks>An actor of its own for each job would cost more than a small job, in time and in memory.</remarks>
/// <param name="start">Starts another one.</param>
internal sealed class GathererSet(Func<IActorRef> start)
{
    /// <summary>Limits the number of gatherers.</summary>
    /// <remarks>With no more jobs than that, each serves one job at a time.</remarks>
    public const int Max = 64;

    private readonly List<Gatherer> _all = [];
    private readonly Stack<Gatherer> _idle = [];
    private int _next;

    /// <summary>Chooses the gatherer of a job that starts.</summary>
    public Gatherer Enter()
    {
        if (!_idle.TryPop(out var gatherer))
        {
            if (_all.Count < Max)
                _all.Add(gatherer = new Gatherer(start()));
            else
                gatherer = _all[_next++ % Max];
        }
        gatherer.Jobs++;
        return gatherer;
    }

    /// <summary>Records that a job has its answer.</summary>
    public void Leave(Gatherer gatherer)
    {
        if (--gatherer.Jobs == 0)
            _idle.Push(gatherer);
    }
}

/// <summary>A gatherer, and how many jobs it serves.</summary>
internal sealed class Gatherer(IActorRef actor)
{
    public IActorRef Actor { get; } = actor;

    public int Jobs { get; set; }
}
