using System.Globalization;

namespace ActorPool.Benchmarks;

/// <summary>Runs a workload's contenders in turn, A B C A B C …, so that a disturbance of the machine meets all of them alike.</summary>
internal static class Comparison
{
    // Far beyond any honest run: a contender that hangs is a wrong result, not a reason to wait.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // Of the machine, by other processes. The tightest goals are about 2 %; the kernel's counting is hardly finer than this in a short round.
    private const double Disturbance = 0.04;

    public static async Task<Results> RunAsync(Workload workload, Arena arena, int runs, CancellationToken cancellationToken)
    {
        var contenders = workload.Contenders(arena).ToList();
        var results = new Results(workload, contenders.ConvertAll(c => c.Name));
        foreach (var contender in contenders.ToList())
        {
            await Console.Error.WriteLineAsync($"{workload.Id}: warming up {contender.Name}");
            await TryAsync(contender, () => WarmUpAsync(contender, workload.WarmUp, cancellationToken));
        }
        for (var (round, repeated) = (0, 0); round < runs; round++)
        {
            await Console.Error.WriteLineAsync($"{workload.Id}: round {round + 1} of {runs}");
            var neighbours = Neighbours.Watch();
            foreach (var contender in contenders.ToList())
                await TryAsync(contender, async () => results.Add(contender.Name, round, await MeasureAsync(contender, cancellationToken)));
            workload.Derive?.Invoke(results, round);
            if (neighbours.Share() is not (> Disturbance and var share))
                continue;
            var again = repeated++ < runs;
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{workload.Id}: other processes used {share:P0} of the machine meanwhile; {(again ? "the round is run again" : "it counts all the same")}."));
            if (again)
                round--; // the next values take the place of these, whatever they were
            else
                results.Disturbed++;
        }
        return results;

        // A contender that failed is out of the comparison; the rest of it still says something.
        async Task TryAsync(Contender contender, Func<Task> step)
        {
            try
            {
                await step();
            }
            catch (SkippedException e)
            {
                contenders.Remove(contender);
                results.Skipped[contender.Name] = e.Message;
                await Console.Error.WriteLineAsync($"{workload.Id}: {contender.Name} is skipped: {e.Message}");
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                contenders.Remove(contender);
                results.Fail(contender.Name, e);
                await Console.Error.WriteLineAsync($"{workload.Id}: {contender.Name} failed: {e}");
            }
        }
    }

    private static async Task WarmUpAsync(Contender contender, TimeSpan atLeast, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        do
            await MeasureAsync(contender, cancellationToken);
        while (clock.GetElapsedTime(start) < atLeast);
    }

    private static Task<double[]> MeasureAsync(Contender contender, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Nobody pays for the garbage of the one before.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return contender.MeasureAsync().WaitAsync(Longest, cancellationToken);
    }
}
