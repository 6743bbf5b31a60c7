using System.Globalization;

namespace ActorPool.Benchmarks;

/// <summary>Runs a workload's contenders in turn.</summary>
/// <remarks>A B C A B C …, so that a disturbance of the machine affects all of them.</remarks>
internal static class Comparison
{
    // Far longer than any run should take: a contender that hangs has failed.
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(3);

    // The part of the machine that other processes use. The tightest goals are about 2 %; in a short round the kernel hardly counts
    // more finely than this.
    private const double MaxDisturbance = 0.04;

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
            if (neighbours.GetShare() is not (> MaxDisturbance and var share))
                continue;
            var repeat = repeated++ < runs;
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{workload.Id}: other processes used {share:P0} of the machine meanwhile; " +
                $"{(repeat ? "the round is run again" : "the round counts anyway")}."));
            if (repeat)
                round--; // the next values replace these
            else
                results.Disturbed++;
        }
        return results;

        // A contender that failed leaves the comparison; the others go on.
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
        // No contender pays for the garbage of the one before.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return contender.MeasureAsync().WaitAsync(s_maxWait, cancellationToken);
    }
}
