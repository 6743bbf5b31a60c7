using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Demo;

/// <summary>Shows a bar with rate and remaining time if the console is a terminal.</summary>
/// <remarks>On another console it shows nothing.</remarks>
internal sealed class ProgressDisplay(IAnsiConsole console)
{
    /// <summary>Shows the progress that the work reports, and clears it at the end.</summary>
    public Task<T> ShowAsync<T>(Func<Bar, Task<T>> work)
    {
        if (console.Profile is not { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } })
            return work(new Bar(null));
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(),
                new RateColumn())
            .StartAsync(context => work(new Bar(context)));
    }

    /// <summary>Formats the rate and, if it is known, the remaining time.</summary>
    /// <returns>For example <c>512,340 rows/s, 1.4 s left</c>.</returns>
    public static string Describe(JobProgress progress)
    {
        var rate = string.Create(CultureInfo.InvariantCulture, $"{progress.Rate:N0} rows/s");
        return progress.Remaining is { } remaining
            ? string.Create(CultureInfo.InvariantCulture, $"{rate}, {remaining.TotalSeconds:N1} s left")
            : rate;
    }

    /// <summary>Shows runs, one after another.</summary>
    internal sealed class Bar(ProgressContext? context)
    {
        /// <summary>Begins a run; dispose of the result when the run has ended.</summary>
        /// <returns>The run to report to; null if nothing is shown, so that no progress needs to be measured.</returns>
        public Run? Begin(string name, long total) =>
            context is null ? null : new Run(context.AddTask(Markup.Escape(name), maxValue: total));
    }

    /// <summary>One run's line, which shows the progress reports of the pool or the loop.</summary>
    internal sealed class Run(ProgressTask task) : IProgress<JobProgress>, IDisposable
    {
        public void Report(JobProgress value)
        {
            task.Tag = value;
            task.Value = value.Done;
        }

        public void Dispose() => task.StopTask();
    }

    private sealed class RateColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Tag is JobProgress progress ? Describe(progress) : "");
    }
}
