using ActorPool.Jobs;
using Akka.Actor;
using static ActorPool.Jobs.GatheringProtocol;

namespace ActorPool.Gathering;

// Failed items that run again by order. The outcomes are here, so this actor decides whether the job still waits for some: a job whose
// last outcome has arrived is answered, whatever was ordered.
internal sealed partial class GathererActor
{
    private void OnTakeFailures(TakeFailures take)
    {
        var job = take.Job;
        var taken = IsGathering(job) ? job.Sink.TakeFailures() : null;
        if (taken is { Count: > 0 })
        {
            job.RecordTaken(taken);
            Report(job);
        }
        _coordinator.Tell(new FailuresTaken(job, taken, take.Asker));
    }
}
