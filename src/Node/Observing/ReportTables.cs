using System.Globalization;
using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Observing;

/// <summary>Shows reports to people.</summary>
/// <remarks>What others have named is text, never markup, and has no control characters.</remarks>
internal static class ReportTables
{
    private const int MaxIndices = 5;
    private const int MaxSizes = 6;
    private const int MaxName = 40; // columns; a redirected table is not wrapped, and JSON has names in full
    private const string Unknown = "–";

    public static IEnumerable<IRenderable> ShowStatus(ClusterReport report)
    {
        var (nodes, running) = (report.Nodes, report.RunningJobs);
        var up = nodes.Count(node => node.State == NodeState.Up);
        yield return Text(
            $"{Count(nodes.Count, "node")}{(up == nodes.Count ? "" : $" ({up} up)")}: {Count(nodes.Sum(node => node.Workers), "worker")}, "
            + $"{nodes.Sum(node => node.Busy)} busy. {Count(report.Pools.Count, "pool")}: {Count(running, "running job")}.");
        if (running > 0)
            yield return ListJobs(report.Jobs.Where(job => job.State == JobState.Running));
        if (report.UnlistedJobs > 0)
            yield return Text(DescribeUnlisted(report));
        foreach (var problem in report.Problems)
            yield return Text(problem, Color.Red);
    }

    public static IEnumerable<IRenderable> ShowAll(ClusterReport report) =>
        [.. ShowStatus(report), .. ShowNodes(report with { Problems = [] })];

    public static IEnumerable<IRenderable> ShowNodes(ClusterReport report)
    {
        var table = CreateTable("Node", "State", "Busy", "Waiting", "Pools", "Memory", "Release", "Machine");
        foreach (var node in report.Nodes)
        {
            table.AddRow(Row(
                node.Address, node.State.ToString().ToLowerInvariant(), Known(node, $"{node.Busy} of {node.Workers}"),
                Known(node, Number(node.Waiting)), Known(node, Number(node.Pools)), Known(node, $"{node.MemoryBytes / (1 << 20)} MiB"),
                Known(node, node.Engine),
                node.Host.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{node.Host}, process {node.Process}")));
        }
        yield return table;
        foreach (var problem in ClusterProblems.WithoutJobs(report))
            yield return Text(problem, Color.Red);
    }

    public static IEnumerable<IRenderable> ShowJobs(ClusterReport report)
    {
        if (report.Jobs.Count == 0)
            yield return Text("No jobs: none runs, and none has ended lately that took more than 10 ms or failed.");
        else
            yield return ListJobs(report.Jobs);
        if (report.UnlistedJobs > 0)
            yield return Text(DescribeUnlisted(report));
        foreach (var problem in ClusterProblems.WithoutJobs(report))
            yield return Text(problem, Color.Red);
    }

    public static IEnumerable<IRenderable> ShowJob(JobReport report)
    {
        var job = report.Job;
        yield return Text($"{job.Name}: {job.Function}, called by the pool {job.PoolName} of {job.Caller}. Key: {job.Key}");
        yield return ListJobs([job]);
        if (job.Error is { } error)
            yield return Text(error, Color.Red);
        if (report.Holders.Count > 0)
            yield return ListHolders(report);
        foreach (var group in report.Failures)
        {
            var more = group.Count > MaxIndices ? ", …" : "";
            var indices = string.Join(", ", group.Indices.Take(MaxIndices)); // a comma is between them, and in none
            yield return Text($"{Count(group.Count, "item")} failed with {group.Type}: {group.Message}", Color.Red);
            yield return Text($"  items {indices}{more}; {(group.Stack.Length == 0 ? "no stack" : group.Stack)}");
            foreach (var input in group.Inputs.Take(MaxIndices))
                yield return Text($"  input of item {input.Index}: {input.Text}");
        }
        var time = report.Time;
        yield return Text(
            $"Time of workers: {Time(time.Working)} working, {Time(time.Waiting)} waiting at nodes for workers that others had, "
            + $"{Time(time.Transferring)} transferring, {Time(time.Idle)} idle; {Time(time.Serializing)} serializing in the program.");
        if (report.ChunkSizes.Count > 0)
            yield return ListSizes(report);
        if (report.ChunkSizes.Count > MaxSizes)
        {
            var others = Count(report.ChunkSizes.Count - MaxSizes, "other step");
            yield return Text($"{others} of sizes had fewer chunks; -o json has them all.");
        }
        foreach (var slow in report.Slowest.Take(3))
        {
            var items = slow.Count == 1 ? $"Item {slow.Start}" : $"Items {slow.Start} to {slow.Start + slow.Count - 1}, on average,";
            yield return Text($"{items} took {Time(slow.Each)} on {slow.Holder}."
                + (slow.Input is { } input ? $" Input{(slow.Count == 1 ? "" : " of the first")}: {input}" : ""));
        }
        foreach (var sentence in report.Advice)
            yield return Text($"Advice: {sentence}", Color.Yellow);
    }

    public static Table ListJobs(IEnumerable<JobSummary> jobs)
    {
        var table = CreateTable("Job", "Name", "Function", "State", "Done", "Failed", "Requeued", "A second", "Remaining", "Elapsed");
        foreach (var job in jobs)
        {
            table.AddRow(Row(
                job.Key, Short(job.Name), Short(job.Function), job.State.ToString().ToLowerInvariant(),
                $"{Number(job.Done)} of {(job.Total is { } total ? Number(total) : "?")}", Number(job.Failed), Number(job.Requeued),
                job.Rate.ToString("N0", CultureInfo.InvariantCulture), job.Remaining is { } remaining ? Time(remaining) : "",
                Time(job.Elapsed)));
        }
        return table;
    }

    /// <summary>Says that running jobs are not in the list, as a sentence.</summary>
    public static string DescribeUnlisted(ClusterReport report) =>
        $"Not listed: {Count(report.UnlistedJobs, "running job")}. A pool lists few of many; commands take the keys of all.";

    private static Table ListHolders(JobReport report)
    {
        var table = CreateTable("Ran on", "Chunks", "Items", "Working", "Lost chunks");
        foreach (var holder in report.Holders)
            table.AddRow(Row(holder.Name, Number(holder.Chunks), Number(holder.Items), Time(holder.Work), Number(holder.Lost)));
        return table;
    }

    /// <summary>Lists the sizes that most chunks had, in the order of the job.</summary>
    private static Table ListSizes(JobReport report)
    {
        var table = CreateTable("From item", "Items in a chunk", "Chunks", "Why");
        var common = report.ChunkSizes.OrderByDescending(step => step.Count).Take(MaxSizes).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var step in report.ChunkSizes.Where(common.Contains))
            table.AddRow(Row(Number(step.From), Number(step.Size), Number(step.Count), ChunkSizeText.Describe(step.Reason)));
        return table;
    }

    public static Text Text(string text, Color? color = null) => new(Cells.ReplaceControls(text), new Style(color ?? Color.Default));

    /// <summary>Makes a text of one row, which is cut to some columns of the terminal.</summary>
    public static Text Line(string text, int columns, Color? color = null) => Text(Cells.Cut(Cells.Clean(text), columns, "…"), color);

    public static Table CreateTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = false });
        return table;
    }

    private static IEnumerable<IRenderable> Row(params string[] texts) => texts.Select(text => Text(text));

    private static string Short(string name) => Cells.Cut(Cells.Clean(name), MaxName, "…");

    /// <summary>Returns a number of a node, unless the node has not told any.</summary>
    public static string Known(NodeReport node, string number) => node.IsKnown ? number : Unknown;

    private static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(TimeSpan time) => time.TotalMinutes >= 1
        ? time.ToString(time.TotalHours >= 1 ? @"d\.hh\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture)
        : TimeText.Format(time.TotalSeconds);
}
