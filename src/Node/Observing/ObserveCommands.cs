using System.CommandLine;
using ActorPool.Configuration;
using ActorPool.Insights;
using ActorPool.Wire;

namespace ActorPool.Node.Observing;

/// <summary>Makes the commands that ask a cluster, and tell it what to do.</summary>
internal static class ObserveCommands
{
    public static IEnumerable<Command> Create() => [CreateStatus(), CreateNodes(), CreateJobs(), CreateTop()];

    private static Command CreateStatus() => new ObserverFlags().Create(
        "status", "Shows nodes, workers and running jobs of a cluster in short.",
        async (_, observer, output, stop) =>
        {
            output.Write(await observer.DescribeAsync(stop), ReportJson.Default.ClusterReport, ReportTables.ShowStatus);
            return 0;
        });

    private static Command CreateTop() => new ObserverFlags().Create(
        "top", "Shows a cluster in the terminal, anew each second, until q or Ctrl-C is pressed; without a terminal, once.",
        async (_, observer, output, stop) =>
        {
            if (output.Screen is { } screen)
                await new TopScreen(observer, screen, TimeProvider.System).RunAsync(stop);
            else
                output.Write(await observer.DescribeAsync(stop), ReportJson.Default.ClusterReport, ReportTables.ShowAll);
            return 0;
        });

    private static Command CreateNodes()
    {
        var flags = new ObserverFlags();
        var nodes = flags.Create(
            "nodes", "Lists the nodes of a cluster.",
            async (_, observer, output, stop) =>
            {
                output.Write(await observer.DescribeAsync(stop), ReportJson.Default.ClusterReport, ReportTables.ShowNodes);
                return 0;
            });
        var node = new Argument<string>("NODE") { Description = "The node's address, as nodes lists it." };
        var workers = BoundedInt32.CreateArgument("WORKERS", "Chunks that it is to run at a time.", 1, PoolSettings.MaxWorkers);
        var level = new Argument<string>("LEVEL") { Description = "debug, info, warning or error." };
        level.AcceptOnlyFromAmong("debug", "info", "warning", "error");
        nodes.Subcommands.Add(new ObserverFlags().Create(
            "drain", "Lets a node take no more chunks, finish those that run, and end.",
            (parsed, observer, output, stop) => TellAsync(observer.DrainAsync(parsed.GetValue(node)!, stop), output), node));
        nodes.Subcommands.Add(new ObserverFlags().Create(
            "resize", "Changes how many chunks a node runs at a time, until it is told another number or ends.",
            (parsed, observer, output, stop) =>
                TellAsync(observer.ResizeAsync(parsed.GetValue(node)!, parsed.GetValue(workers), stop), output),
            node, workers));
        nodes.Subcommands.Add(new ObserverFlags().Create(
            "log-level", "Changes from which level on a node logs, until it ends.",
            (parsed, observer, output, stop) =>
                TellAsync(observer.SetLogLevelAsync(parsed.GetValue(node)!, parsed.GetValue(level)!, stop), output),
            node, level));
        return nodes;
    }

    private static Command CreateJobs()
    {
        var jobs = new ObserverFlags().Create(
            "jobs", "Lists running jobs, and those that ended last, while their programs run.",
            async (_, observer, output, stop) =>
            {
                output.Write(await observer.DescribeAsync(stop), ReportJson.Default.ClusterReport, ReportTables.ShowJobs);
                return 0;
            });
        var job = new Argument<string>("JOB") { Description = "The job's key, as jobs lists it, or its name if no other has that." };
        jobs.Subcommands.Add(new ObserverFlags().Create(
            "show", "Shows one job: where it ran, its failures, its slowest items, and advice.",
            async (parsed, observer, output, stop) =>
            {
                var key = await FindKeyAsync(observer, parsed.GetValue(job)!, stop);
                var report = await DoAsync(observer.DescribeJobAsync(key, stop));
                output.Write(report, ReportJson.Default.JobReport, ReportTables.ShowJob);
                return 0;
            },
            job));
        jobs.Subcommands.Add(new ObserverFlags().Create(
            "cancel", "Cancels a job: its caller gets an OperationCanceledException.",
            async (parsed, observer, output, stop) =>
                await TellAsync(observer.CancelJobAsync(await FindKeyAsync(observer, parsed.GetValue(job)!, stop), stop), output),
            job));
        jobs.Subcommands.Add(new ObserverFlags().Create(
            "retry", "Runs the failed items of a running job of TryMapAsync or StartTryMap again.",
            async (parsed, observer, output, stop) =>
                await TellAsync(observer.RetryJobAsync(await FindKeyAsync(observer, parsed.GetValue(job)!, stop), stop), output),
            job));
        return jobs;
    }

    /// <summary>Finds the key of a job that is named by its key or its name.</summary>
    private static async Task<string> FindKeyAsync(ClusterObserver observer, string job, CancellationToken stop)
    {
        var report = await observer.DescribeAsync(stop);
        var jobs = report.Jobs;
        if (jobs.Any(one => one.Key.Equals(job, StringComparison.Ordinal)))
            return job;
        var named = jobs.Where(one => one.Name.Equals(job, StringComparison.Ordinal)).ToList();
        return named switch
        {
            [var one] => one.Key,
            [] => PoolKey.TryParseJob(job, out _, out _)
                ? job
                : throw new NodeException(
                    $"No {(report.UnlistedJobs > 0 ? "listed job" : "job")} has the key or name [{job}]. The command jobs lists them."
                    + (report.UnlistedJobs > 0 ? $" {ReportTables.DescribeUnlisted(report)}" : "")),
            _ => throw new NodeException(
                $"[{named.Count}] jobs have the name [{job}]. Give the key: {string.Join(", ", named.Take(10).Select(one => one.Key))}."),
        };
    }

    private static async Task<int> TellAsync(Task<CommandReport> command, ReportOutput output)
    {
        output.Write(await DoAsync(command), ReportJson.Default.CommandReport, report => [ReportTables.Text(report.Message)]);
        return 0;
    }

    private static async Task<T> DoAsync<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (QuestionException e)
        {
            throw new NodeException(e.Message, e);
        }
    }
}
