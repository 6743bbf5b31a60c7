using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Jobs;
using CsCheck;

namespace ActorPool.Tests.Coordination;

/// <summary>Any schedule settles each item once and keeps to the window.</summary>
/// <remarks>Schedules consist of dispatches, reports, retries, losses and consumption.</remarks>
public sealed class JobLedgerPropertyTests
{
    private enum Event
    {
        Dispatch,
        Report,
        ReportSomeAgain,
        LoseUnclaimed,
        LoseRunning,
        TimeOut,
        TimeOutAgain,
        LoseProcess,
        Consume,
    }

    [Fact]
    public void Every_schedule_settles_each_index_once_and_keeps_to_its_window() =>
        Gen.Select(
            Gen.Int[0, 60], Gen.Int[1, 7], Gen.Int[1, 20], Gen.Bool,
            Gen.Select(Gen.Enum<Event>(), Gen.Int[0, 1000]).Array[0, 200])
            .Sample((items, chunkSize, window, awaitsConsumer, events) =>
            {
                var schedule = new Schedule(
                    items, new JobOptions { ChunkSize = chunkSize, Window = window, Retries = 1000 }, awaitsConsumer);
                foreach (var (what, number) in events)
                    schedule.Do(what, number);
                schedule.RunToTheEnd();
            }, iter: 3000);

    /// <summary>Plays workers, gatherer and consumer, and counts the outcomes of each item.</summary>
    private sealed class Schedule(int items, JobOptions options, bool awaitsConsumer)
    {
        private readonly JobLedger _ledger = TestJobs.Ledger(TestJobs.Map(JobLedgerTests.CreateSource(items), options, awaitsConsumer));
        private readonly int[] _outcomes = new int[items];
        private readonly List<Lease> _inFlight = [];
        private int _settled;
        private int _consumed;
        private int _worker;

        public void Do(Event what, int number)
        {
            if (what == Event.Dispatch)
                Dispatch(number);
            else if (what == Event.Consume)
                Consume(number);
            else if (_inFlight.Count > 0)
                End(what, _inFlight[number % _inFlight.Count], number);
            Check();
        }

        public void RunToTheEnd()
        {
            for (var i = 0; _settled < items || _consumed < _settled; i++)
            {
                if (i > 10 * (items + 10))
                    throw new InvalidOperationException(
                        $"stuck: {_settled} of {items} settled, {_inFlight.Count} in flight, {_consumed} consumed");
                Do(Event.Dispatch, i);
                Do(Event.Report, i);
                Do(Event.Consume, 1000);
            }
            if (_ledger.TryTake(0, int.MaxValue, 1, avoidFailedWorker: false) is not null || _ledger.InFlight.Count != _inFlight.Count)
                throw new InvalidOperationException("something remains to be dispatched");
        }

        private void Dispatch(int number)
        {
            if (_ledger.TryTake(_worker, max: 1 + (number % 9), workers: 3, avoidFailedWorker: number % 2 == 0) is { } lease)
                _inFlight.Add(lease);
            _worker = (_worker + 1) % 3;
        }

        private void Consume(int number)
        {
            if (!awaitsConsumer)
            {
                _consumed = _settled;
                return;
            }
            var taken = Math.Min(number, _settled - _consumed);
            _consumed += taken;
            _ledger.Release(taken);
        }

        private void End(Event what, Lease lease, int number)
        {
            _inFlight.Remove(lease);
            if (what == Event.LoseUnclaimed)
            {
                _ledger.Requeue(lease, settled: 0, countLoss: false);
                return;
            }
            lease.TryClaim(number % 3);
            if (what == Event.LoseProcess)
            {
                LoseProcess(lease, number);
                return;
            }
            var done = what switch
            {
                Event.Report or Event.ReportSomeAgain => lease.Chunk.Count,
                Event.LoseRunning => number % (lease.Chunk.Count + 1), // it may be lost between its last item and its report
                _ => number % lease.Chunk.Count,
            };
            for (var offset = 0; offset < done; offset++)
            {
                if (what != Event.Report && (number >> offset) % 3 == 0)
                    lease.AddRetry(offset);
            }
            switch (what)
            {
                case Event.Report or Event.ReportSomeAgain:
                    Settle(lease, done);
                    lease.Elapsed = TimeSpan.FromMilliseconds(number);
                    _ledger.TrySettle(lease);
                    break;
                case Event.LoseRunning:
                    Settle(lease, done);
                    _ledger.Requeue(lease, done, countLoss: true);
                    break;
                case Event.TimeOut:
                    Settle(lease, done + 1);
                    _ledger.Requeue(lease, done + 1, countLoss: false);
                    break;
                default:
                    lease.AddRetry(done);
                    Settle(lease, done + 1);
                    _ledger.Requeue(lease, done + 1, countLoss: false);
                    break;
            }
        }

        /// <summary>Some items have their outcome, some run again alone, and the others together.</summary>
        private void LoseProcess(Lease lease, int number)
        {
            var apart = new List<ItemsApart>();
            for (var first = number % 3; first < lease.Chunk.Count; first += 1 + (number % 4))
            {
                var settles = (number >> (first % 8)) % 2 == 0;
                apart.Add(new ItemsApart(first, 1, settles ? null : lease.Attempt + 1));
                if (settles)
                    CountOutcome(lease.Chunk.Start + first);
            }
            _ledger.RequeueAround(lease, apart);
        }

        private void CountOutcome(long item)
        {
            if (++_outcomes[item] > 1)
                throw new InvalidOperationException($"item {item} settled twice");
            _settled++;
        }

        /// <summary>Settles the items that the gatherer would settle.</summary>
        private void Settle(Lease lease, int count)
        {
            if (count == 0)
                return;
            var outcome = new ChunkOutcome(lease.Job, lease.Chunk.Slice(0, count), lease.Attempt, null, lease.Retries);
            foreach (var part in outcome.GetSettledParts())
            {
                for (var i = 0; i < part.Count; i++)
                    CountOutcome(part.Start + i);
            }
        }

        private void Check()
        {
            var released = awaitsConsumer ? _consumed : _settled;
            if (_ledger.GetInputLimit(workers: 3) != released + options.Window)
            {
                throw new InvalidOperationException(
                    $"{released} released, window {options.Window}, but {_ledger.GetInputLimit(3)} allowed");
            }
            if (_ledger.Job.Input.Taken > _ledger.GetInputLimit(workers: 3))
                throw new InvalidOperationException($"{_ledger.Job.Input.Taken} taken of {_ledger.GetInputLimit(3)} allowed");
        }
    }
}
