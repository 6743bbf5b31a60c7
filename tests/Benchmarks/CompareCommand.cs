using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>compare</c>: chosen workloads one after another, then the goals that they answer.</summary>
internal static class CompareCommand
{
    private static readonly Workload[] Known =
        [
        .. W1.All, W2.Rows, W3.Items, .. W4.All, .. W5.All, W7.Fast, W7.Slow, W8.Start, W9.Neighbour,
        W6.In, W6.Out, W1.Cluster, W3.Cluster, W5.Cluster, W7.Cluster, W8.Cluster,
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> ids, int runs, int workers, CancellationToken cancellationToken)
    {
        if (ids.FirstOrDefault(id => !Known.Any(w => IsChosen(w, id))) is { } unknown)
        {
            var known = string.Join(' ', Known.Select(w => w.Id));
            await Console.Error.WriteLineAsync($"There is no workload [{unknown}]. Choose among {known}, or goals, or leave it out for all.");
            return 2;
        }
        var chosen = Known.Where(w => ids.Count == 0 || ids.Any(id => IsChosen(w, id))).ToList();
        var report = new Report();
        report.Setting(runs, workers);
        var all = new Dictionary<string, Results>(StringComparer.Ordinal);
        await using (var arena = new Arena(workers))
        {
            foreach (var workload in chosen)
            {
                report.Table(all[workload.Id] = await Comparison.RunAsync(workload, arena, runs, cancellationToken));
                await arena.EndProcessesAsync();
            }
        }
        report.Goals(Goals.Measured(all));
        return all.Values.Any(r => r.Faults.Count > 0) ? 1 : 0;
    }

    private static bool IsChosen(Workload workload, string id) =>
        workload.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase) || Goals.WorkloadsOf(id).Contains(workload.Id, StringComparer.Ordinal);
}
