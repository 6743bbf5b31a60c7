using System.Runtime.InteropServices;
using ActorPool.Configuration;

namespace ActorPool.Agent;

/// <summary>Whether a seed is in the cluster of this node.</summary>
internal enum SeedVerdict
{
    /// <summary>It is the cluster of this node, or nothing is known yet.</summary>
    Same,

    /// <summary>It is another cluster; this node's own goes on.</summary>
    Island,

    /// <summary>The seed has started a new cluster, and no other seed knows this node.</summary>
    Outside,
}

/// <summary>Decides from the seeds' lists of members whether this node is in their cluster.</summary>
internal sealed class SeedAnswers
{
    private const int MaxUnseen = 3; // right after this node has joined, a seed's list may be a little out of date

    private readonly Dictionary<NodeAddress, Answer> _answers = [];
    private long _time; // counts answers

    /// <summary>Records a seed's list.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="members">The members of its cluster.</param>
    /// <param name="self">This node.</param>
    /// <param name="own">The members of this node's cluster, as it sees them.</param>
    /// <param name="isSeed">Whether this node is a seed itself: its cluster goes on without another.</param>
    public SeedVerdict Record(
        NodeAddress seed, IReadOnlyCollection<NodeAddress> members, NodeAddress self, IReadOnlySet<NodeAddress> own, bool isSeed = false)
    {
        var now = ++_time;
        var before = _answers.GetValueOrDefault(seed);
        if (members.Contains(self))
        {
            _answers[seed] = new Answer(now, now, Unseen: 0);
            return SeedVerdict.Same;
        }
        var answer = before with { Since = before.Unseen == 0 ? now : before.Since, Unseen = before.Unseen + 1 };
        _answers[seed] = answer;
        var isApart = !own.Overlaps(members);
        if (isApart && isSeed)
            return SeedVerdict.Island;
        // Without another seed it may be this node's own, which has left in good order and come back.
        if (answer.Unseen < MaxUnseen)
            return isApart && _answers.Any(other => other.Key != seed && other.Value.Named > 0) ? SeedVerdict.Island : SeedVerdict.Same;
        return _answers.Values.Any(other => other.Named > answer.Since) ? SeedVerdict.Island : SeedVerdict.Outside;
    }

    /// <param name="Named">When the seed last named this node; 0 for never.</param>
    /// <param name="Since">When its present run of lists with or without this node began.</param>
    /// <param name="Unseen">Its last lists without this node.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Answer(long Named, long Since, int Unseen);
}
