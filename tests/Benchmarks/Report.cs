using System.Globalization;
using Spectre.Console;

namespace ActorPool.Benchmarks;

/// <summary>Prints the tables to standard output and remarks to standard error.</summary>
internal sealed class Report
{
    private readonly IAnsiConsole _out = AnsiConsole.Console;

    public Report()
    {
        // Behind a pipe there is no width to ask for, and the default of 80 wraps every row.
        if (Console.IsOutputRedirected)
            _out.Profile.Width = 170;
    }

    public void Setting(int runs, int workers)
    {
        _out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, {Environment.ProcessorCount} processors, {workers} workers, {runs} runs in turn; every result checked."));
        _out.WriteLine("ratio: value / ActorPool's value of the same round, median over the rounds; above 1, a time is longer than ActorPool's.");
        if (workers != 2 || Environment.ProcessorCount != 2)
            Console.Error.WriteLine("The goals are stated for 2 workers on 2 processors: read them as orientation here.");
    }

    public void Table(Results results)
    {
        var workload = results.Workload;
        var table = new Table { Title = new TableTitle(Markup.Escape($"{workload.Id}: {workload.Title}")), Border = TableBorder.Rounded };
        table.AddColumn("contender");
        foreach (var heading in new[] { "metric", "median", "min", "max", "ratio" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var metric in workload.Metrics)
        {
            foreach (var name in results.Contenders.Where(c => results.Has(c, metric.Name)).OrderBy(c => results.Median(c, metric.Name)))
                table.AddRow(Row(results, metric, name));
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

    public void Goals(IEnumerable<Goal> goals)
    {
        var table = new Table { Title = new TableTitle("Goals"), Border = TableBorder.Rounded };
        foreach (var heading in new[] { "id", "goal", "measured", "bound", "" })
            table.AddColumn(heading);
        foreach (var goal in goals)
        {
            table.AddRow(
                goal.Id,
                Markup.Escape(goal.Text),
                Number(goal.Measured, goal.Decimals),
                $"{(goal.AtLeast ? "≥" : "≤")} {Number(goal.Bound, goal.Decimals)}",
                goal.IsMet ? "[green]met[/]" : "[red]not met[/]");
        }
        if (table.Rows.Count == 0)
            return;
        _out.WriteLine();
        _out.Write(table);
    }

    private static string[] Row(Results results, Metric metric, string name)
    {
        var bold = name.StartsWith(Names.ActorPool, StringComparison.Ordinal);
        var ratio = results.Has(results.Workload.Baseline, metric.Name) ? Number(results.Ratio(name, results.Workload.Baseline, metric.Name), 2) : "";
        return
        [
            bold ? $"[bold]{Markup.Escape(name)}[/]" : Markup.Escape(name),
            Markup.Escape(metric.Unit.Length > 0 ? $"{metric.Name}, {metric.Unit}" : metric.Name),
            Number(results.Median(name, metric.Name), metric.Decimals),
            Number(results.Min(name, metric.Name), metric.Decimals),
            Number(results.Max(name, metric.Name), metric.Decimals),
            ratio,
        ];
    }

    private static string Number(double value, int decimals) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
