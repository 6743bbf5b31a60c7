using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Jobs;
using Akka.Actor;
using CsCheck;

namespace ActorPool.Tests.Coordination;

/// <summary>The scheduler chooses as one that looks at every job would.</summary>
/// <remarks>Schedules consist of new jobs, offers, reports, retries, losses, consumption and ends.</remarks>
public sealed class FairSchedulerPropertyTests
{
    private const int SuspectLosses = 2;

    private enum Event
    {
        AddJob,
        AddSource,
        Offer,
        OfferToQueue,
        OfferToNonEmptyNode,
        OfferAlone,
        Report,
        ReportSlowly,
        Retry,
        Lose,
        Consume,
        End,
    }

    [Fact]
    public void Every_offer_goes_to_the_neediest_job_that_can_take_it() =>
        Gen.Select(Gen.Enum<Event>(), Gen.Int[0, 1000]).Array[0, 200].Sample(
            steps =>
            {
                var schedule = new Schedule();
                foreach (var (what, number) in steps)
                    schedule.Do(what, number);
                schedule.Check();
            },
            iter: 3000);

    [Fact]
    public void However_many_jobs_wait_each_gets_a_turn_before_one_gets_another()
    {
        var scheduler = new FairScheduler();
        var jobs = Enumerable.Range(0, 1000).Select(_ => new Job(TestJobs.Map(4, new JobOptions { ChunkSize = 1 }))).ToArray();
        foreach (var job in jobs)
            scheduler.Add(job.Running);
        for (var round = 0; round < 4; round++)
        {
            var served = new HashSet<RunningJob>();
            for (var i = 0; i < jobs.Length; i++)
            {
                var (job, lease) = scheduler.TryTake(worker: 0, int.MaxValue, activeWorkers: 2)!.Value;
                Assert.True(served.Add(job));
                job.Ledger.TrySettle(lease);
                scheduler.Update(job);
            }
        }
        Assert.Null(scheduler.TryTake(worker: 0, int.MaxValue, activeWorkers: 2));
    }

    /// <summary>A job, and what can be said of it without its ledger.</summary>
    private sealed class Job(JobExecution execution)
    {
        private readonly JobLedger _ledger = TestJobs.Ledger(execution);

        public RunningJob Running => field ??= new RunningJob(_ledger, new Gatherer(ActorRefs.Nobody));

        public List<Lease> InFlight { get; } = [];

        public List<(int Avoid, int Losses)> Requeued { get; } = [];

        public int New { get; set; }

        public int Released { get; set; }

        public int Unreleased { get; set; }

        public int Taken { get; set; }

        public int Window { get; init; } = int.MaxValue;

        public bool IsShort { get; set; }

        public bool WasServed { get; set; }

        public int Need => WasServed ? InFlight.Count : -1;

        public bool CanTake(int worker, bool avoid, bool queue, int maxLosses) =>
            (!queue || IsShort || InFlight.Count == 0)
            && (Requeued.Exists(chunk => !(avoid && chunk.Avoid == worker) && chunk.Losses <= maxLosses)
                || (New > 0 && Taken - Released < Window));
    }

    private sealed class Schedule
    {
        private readonly FairScheduler _scheduler = new(SuspectLosses);
        private readonly List<Job> _jobs = [];

        public void Do(Event what, int number)
        {
            var worker = number % 3;
            switch (what)
            {
                case Event.AddJob:
                    Add(new Job(TestJobs.Map(number % 6, new JobOptions { ChunkSize = 1, Retries = 1000 })) { New = number % 6 });
                    break;
                case Event.AddSource:
                    var (items, window) = (number % 6, 1 + (number % 2));
                    var options = new JobOptions { ChunkSize = 1, Retries = 1000, Window = window };
                    var source = JobLedgerTests.CreateSource(items);
                    Add(new Job(TestJobs.Map(source, options, awaitsConsumer: true)) { New = items, Window = window });
                    break;
                case Event.Offer:
                    Offer(worker, activeWorkers: 3);
                    break;
                case Event.OfferToQueue:
                    Offer(worker, activeWorkers: 3, queue: true, maxLosses: SuspectLosses - 1);
                    break;
                case Event.OfferToNonEmptyNode:
                    Offer(worker, activeWorkers: 3, maxLosses: SuspectLosses - 1);
                    break;
                case Event.OfferAlone:
                    Offer(worker, activeWorkers: 1);
                    break;
                case Event.Consume when _jobs.Find(job => job.Unreleased > 0) is { } job:
                    job.Running.Ledger.Release(job.Unreleased);
                    job.Released += job.Unreleased;
                    job.Unreleased = 0;
                    _scheduler.Update(job.Running);
                    break;
                case Event.End when _jobs.Count > 4:
                    _scheduler.Remove(_jobs[number % _jobs.Count].Running);
                    _jobs.RemoveAt(number % _jobs.Count);
                    break;
                case Event.Report or Event.ReportSlowly or Event.Retry or Event.Lose:
                    var busy = _jobs.FindAll(job => job.InFlight.Count > 0);
                    if (busy.Count > 0)
                        EndLease(what, busy[number % busy.Count], worker);
                    break;
            }
        }

        public void Check()
        {
            Require(_scheduler.HasRequeued == _jobs.Exists(job => job.Requeued.Count > 0), "requeued");
            Require(_scheduler.HasSuspect == _jobs.Exists(job => job.Requeued.Exists(chunk => chunk.Losses >= SuspectLosses)), "suspect");
        }

        private void Add(Job job)
        {
            _jobs.Add(job);
            _scheduler.Add(job.Running);
        }

        private void Offer(int worker, int activeWorkers, bool queue = false, int maxLosses = int.MaxValue)
        {
            var able = _jobs.FindAll(job => job.CanTake(worker, avoid: activeWorkers > 1, queue, maxLosses));
            if (_scheduler.TryTake(worker, int.MaxValue, activeWorkers, queue, maxLosses) is not var (taken, lease))
            {
                Require(able.Count == 0, $"{able.Count} jobs could take a chunk and none did");
                return;
            }
            var job = _jobs.Find(job => job.Running == taken)!;
            Require(able.Contains(job), "a job took what it should not");
            Require(job.Need == able.Min(other => other.Need), "another job is needier");
            lease.TryClaim(worker);
            var requeued = job.Requeued.FindIndex(chunk => !(activeWorkers > 1 && chunk.Avoid == worker) && chunk.Losses <= maxLosses);
            if (requeued >= 0)
                job.Requeued.RemoveAt(requeued);
            else
                (job.New, job.Taken) = (job.New - 1, job.Taken + 1);
            job.InFlight.Add(lease);
            job.WasServed = true;
        }

        private void EndLease(Event what, Job job, int number)
        {
            var lease = job.InFlight[number % job.InFlight.Count];
            job.InFlight.Remove(lease);
            if (what == Event.Lose)
            {
                job.Running.Ledger.Requeue(lease, settled: 0, countLoss: true);
                job.Requeued.Add((lease.WorkerId, lease.Losses + 1));
            }
            else
            {
                if (what == Event.Retry)
                {
                    lease.AddRetry(0);
                    job.Requeued.Add((lease.WorkerId, lease.Losses));
                }
                else
                {
                    job.Unreleased++;
                }
                job.IsShort = what != Event.ReportSlowly;
                lease.Elapsed = job.IsShort ? TimeSpan.Zero : TimeSpan.FromMinutes(1);
                job.Running.Ledger.TrySettle(lease);
            }
            _scheduler.Update(job.Running);
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
