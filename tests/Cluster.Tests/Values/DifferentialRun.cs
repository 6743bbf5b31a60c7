using System.Collections.Concurrent;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using ActorPool.Values;

namespace ActorPool.ClusterTests.Values;

/// <summary>Sends each value on each way to both pools, and compares the answers.</summary>
internal sealed class DifferentialRun(ClusterNode node, WorkerPool here, WorkerPool there)
{
    private const int AtATime = 8;
    private const int StatesOfAPool = 24; // each is a function in a function; a manifest has at most 64

    private readonly ConcurrentDictionary<(string Kind, Way Way), Comparison> _found = new();
    private volatile bool _isStuck;

    public async Task<IReadOnlyCollection<Comparison>> RunAsync(IReadOnlyList<Trip> trips)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime };
        var pairs = from trip in trips from way in Enum.GetValues<Way>() where way is not Way.State select (Trip: trip, Way: way);
        await Parallel.ForEachAsync(pairs, options, (pair, _) => new ValueTask(CompareAsync(pair.Trip, pair.Way, here, there)));

        // A pool has one state for all its jobs. What cannot be captured would spoil the state of others: it is refused at once.
        var refused = trips.ToLookup(trip => _found[(trip.Name, Way.Captured)].Outcome is Outcome.Refused);
        await Parallel.ForEachAsync(refused[true], options, (trip, _) => new ValueTask(CompareStatesAsync([trip])));
        foreach (var some in refused[false].Chunk(StatesOfAPool))
            await CompareStatesAsync(some);
        return [.. _found.Values];
    }

    private async Task CompareStatesAsync(Trip[] trips)
    {
        var state = trips.Aggregate<Trip, Func<StateTable>>(StateTable.Create, (make, trip) => trip.AddTo(make));
        var (remote, error) = await ConnectAsync(new WorkerPoolOptions { WorkerState = state });
        if (remote is null)
        {
            foreach (var trip in trips)
                Add(trip, Way.State, "not asked", Judge(trip, error!));
        }
        else
        {
            await using var local = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, WorkerState = state });
            await using (remote)
            {
                foreach (var trip in trips)
                    await CompareAsync(trip, Way.State, local, remote);
            }
        }
        if (trips.Length > 1 && trips.All(trip => _found[(trip.Name, Way.State)].Outcome is not Outcome.Same))
        {
            foreach (var trip in trips)
                await CompareStatesAsync([trip]); // one of them spoilt it for all
        }
    }

    private async Task<(WorkerPool? Pool, Exception? Error)> ConnectAsync(WorkerPoolOptions options)
    {
        try
        {
            return (await node.ConnectAsync(there.Workers, options), null);
        }
        catch (Exception e)
        {
            return (null, e);
        }
    }

    private async Task CompareAsync(Trip trip, Way way, WorkerPool local, WorkerPool remote)
    {
        var expected = await AskHereAsync(trip, way, local);
        Add(trip, way, expected, await AskThereAsync(trip, way, remote, expected));
    }

    private static async Task<string> AskHereAsync(Trip trip, Way way, WorkerPool pool)
    {
        try
        {
            return await trip.SendAsync(pool, way).Within($"[{trip.Name}] as [{way}] here", pool);
        }
        catch (Exception e)
        {
            return Describe(e);
        }
    }

    private async Task<(Outcome, string)> AskThereAsync(Trip trip, Way way, WorkerPool pool, string expected)
    {
        // Whatever lost the workers would take the limit of time again for each further kind.
        if (_isStuck)
            return (Outcome.Differs, "not asked, because the node no longer answers");
        try
        {
            var answer = await trip.SendAsync(pool, way).Within($"[{trip.Name}] as [{way}] on the node", pool);
            if (string.Equals(answer, expected, StringComparison.Ordinal))
                return (Outcome.Same, answer);
            return (string.Equals(answer, Trip.AsText, StringComparison.Ordinal) ? Outcome.Text : Outcome.Differs, answer);
        }
        catch (HangException e)
        {
            _isStuck = true;
            return (Outcome.Differs, $"{e.Message} {node.Process.Log}");
        }
        catch (Exception e)
        {
            // A call that both refuse, with the same words, for another reason than the way to a node.
            return e is ArgumentException && string.Equals(Describe(e), expected, StringComparison.Ordinal)
                ? (Outcome.Same, expected)
                : Judge(trip, e);
        }
    }

    private static string Describe(Exception error) => $"{Answer.Threw} {error.GetType().Name}: {error.Message}";

    private static (Outcome, string) Judge(Trip trip, Exception error) => Refusal.Find(error, trip.Declared) is { } refusal
        ? (Outcome.Refused, refusal)
        : (Outcome.Differs, $"{error.GetType().Name}: {error.Message} {error.InnerException?.Message}".ReplaceLineEndings(" "));

    private void Add(Trip trip, Way way, string expected, (Outcome Outcome, string Text) answer)
    {
        // A probe that throws here asks nothing.
        var asksNothing = expected.Contains(Answer.Threw, StringComparison.Ordinal)
            && !string.Equals(answer.Text, expected, StringComparison.Ordinal);
        var outcome = asksNothing ? Outcome.Differs : answer.Outcome;
        _found[(trip.Name, way)] = new Comparison(trip.Name, way, outcome, expected, answer.Text);
    }
}
