using System.Globalization;
using Spectre.Console;

namespace ActorPool.Benchmarks;

/// <summary>Prints tables to standard output, and remarks to standard error.</summary>
internal sealed class Report
{
    private readonly IAnsiConsole _out = AnsiConsole.Console;

    public Report()
    {
        // A pipe has no width, and the default of 80 would wrap every row.
        if (Console.IsOutputRedirected)
            _out.Profile.Width = 170;
    }

    public void PrintSettings(int runs, int workers)
    {
        _out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, {Environment.ProcessorCount} processors, {workers} workers, " +
            $"{runs} runs in turn; every result is checked."));
        _out.WriteLine(
            "ratio: value / ActorPool's value of the same round, median over the rounds; above 1, a time is longer than ActorPool's. " +
            "Where it has worker processes, their value counts.");
        if (workers != 2 || Environment.ProcessorCount != 2)
            Console.Error.WriteLine("The goals are stated for 2 workers on 2 processors: here they are only an orientation.");
    }

    public void PrintTable(Results results)
    {
        var workload = results.Workload;
        var table = new Table { Title = new TableTitle(Markup.Escape($"{workload.Id}: {workload.Title}")), Border = TableBorder.Rounded };
        table.AddColumn("contender");
        foreach (var heading in new[] { "metric", "median", "min", "max", "ratio" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var metric in workload.Metrics)
        {
            foreach (var name in results.Contenders.Where(c => results.Has(c, metric.Name)).OrderBy(c => results.GetMedian(c, metric.Name)))
                table.AddRow(CreateRow(results, metric, name));
        }
        foreach (var (name, fault) in results.Faults)
            table.AddRow(Markup.Escape(name), "[red]failed[/]", Markup.Escape(fault.GetType().Name));
        foreach (var name in results.Skipped.Keys)
            table.AddRow(Markup.Escape(name), "skipped");
        _out.WriteLine();
        _out.Write(table);
        foreach (var (name, reason) in results.Skipped)
            _out.WriteLine($"{name} is skipped: {reason}");
        if (workload.Note is { } note)
            _out.WriteLine(note);
        if (results.Disturbed > 0)
            _out.WriteLine($"Other processes disturbed {results.Disturbed} of the rounds: measure again on a quiet machine.");
    }

    public void PrintGoals(IEnumerable<Goal> goals)
    {
        var table = new Table { Title = new TableTitle("Goals"), Border = TableBorder.Rounded };
        foreach (var heading in new[] { "id", "goal", "measured", "bound", "" })
            table.AddColumn(heading);
        foreach (var goal in goals)
        {
            table.AddRow(
                goal.Id,
                Markup.Escape(goal.Text),
                FormatNumber(goal.Measured, goal.Decimals),
                $"{(goal.AtLeast ? "≥" : "≤")} {FormatNumber(goal.Bound, goal.Decimals)}",
                goal.IsMet ? "[green]met[/]" : "[red]not met[/]");
        }
        if (table.Rows.Count == 0)
            return;
        _out.WriteLine();
        _out.Write(table);
    }

    private static string[] CreateRow(Results results, Metric metric, string name)
    {
        var bold = name.StartsWith(Names.ActorPool, StringComparison.Ordinal);
        var baseline = results.Workload.Baseline;
        var ratio = results.Has(baseline, metric.Name) ? FormatNumber(results.GetRatio(name, baseline, metric.Name), 2) : "";
        return
        [
            bold ? $"[bold]{Markup.Escape(name)}[/]" : Markup.Escape(name),
            Markup.Escape(metric.Unit.Length > 0 ? $"{metric.Name}, {metric.Unit}" : metric.Name),
            FormatNumber(results.GetMedian(name, metric.Name), metric.Decimals),
            FormatNumber(results.GetMin(name, metric.Name), metric.Decimals),
            FormatNumber(results.GetMax(name, metric.Name), metric.Decimals),
            ratio,
        ];
    }

    private static string FormatNumber(double value, int decimals) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
