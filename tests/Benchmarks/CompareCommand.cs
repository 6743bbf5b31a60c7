using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>compare</c>: runs workloads one after another, then prints their goals.</summary>
internal static class CompareCommand
{
    private static readonly Workload[] s_known =
        [
        .. SquaresWorkload.All, RowSumsWorkload.Rows, SpinWorkload.Items, .. UnevenWorkload.All, .. SingleCallsWorkload.All,
        StreamWorkload.Fast, StreamWorkload.Slow, ColdStartWorkload.Start, LatenessWorkload.Neighbour, .. WaitsWorkload.All,
        .. ManyJobsWorkload.All, .. ManyWorkersWorkload.All,
        LargeArraysWorkload.In, LargeArraysWorkload.Out, SquaresWorkload.Cluster, SpinWorkload.Cluster, SingleCallsWorkload.Cluster,
        StreamWorkload.Cluster, ColdStartWorkload.Cluster,
        SquaresWorkload.Processes, SpinWorkload.Processes, SingleCallsWorkload.Processes,
        LargeArraysWorkload.ProcessesIn, LargeArraysWorkload.ProcessesOut, ColdStartWorkload.Processes,
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> ids, int runs, int workers, CancellationToken cancellationToken)
    {
        if (ids.FirstOrDefault(id => !s_known.Any(w => IsChosen(w, id))) is { } unknown)
        {
            var known = string.Join(' ', s_known.Select(w => w.Id));
            await Console.Error.WriteLineAsync($"There is no workload [{unknown}]. Choose from {known}, or goals, or omit it for all.");
            return 2;
        }
        var chosen = s_known.Where(w => ids.Count == 0 || ids.Any(id => IsChosen(w, id))).ToList();
        var report = new Report();
        report.PrintSettings(runs, workers);
        var all = new Dictionary<string, Results>(StringComparer.Ordinal);
        await using (var arena = new Arena(workers))
        {
            foreach (var workload in chosen)
            {
                all[workload.Id] = await Comparison.RunAsync(workload, arena, runs, cancellationToken);
                report.PrintTable(all[workload.Id]);
                await arena.EndProcessesAsync();
            }
        }
        report.PrintGoals(Goals.Evaluate(all));
        return all.Values.Any(r => r.Faults.Count > 0) ? 1 : 0;
    }

    private static bool IsChosen(Workload workload, string id) =>
        workload.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase)
        || Goals.GetWorkloads(id).Contains(workload.Id, StringComparer.Ordinal);
}
