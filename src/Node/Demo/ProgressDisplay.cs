using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Demo;

/// <summary>Shows a bar with rate and remaining time where the console is a terminal, and nothing where it is not.</summary>
internal sealed class ProgressDisplay(IAnsiConsole console)
{
    /// <summary>Shows what the work reports through its bar, and wipes it away at the end.</summary>
    public Task<T> ShowAsync<T>(Func<Bar, Task<T>> work)
    {
        if (console.Profile is not { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } })
            return work(new Bar(null));
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), new RateColumn())
            .StartAsync(context => work(new Bar(context)));
    }

    /// <summary>Words a rate and a remaining time.</summary>
    /// <returns>For example <c>512,340 rows/s, 1.4 s left</c>.</returns>
    public static string Describe(JobProgress progress)
    {
        var rate = string.Create(CultureInfo.InvariantCulture, $"{progress.Rate:N0} rows/s");
        return progress.Remaining is { } rest ? string.Create(CultureInfo.InvariantCulture, $"{rate}, {rest.TotalSeconds:N1} s left") : rate;
    }

    /// <summary>The place where runs show up, one after another.</summary>
    internal sealed class Bar(ProgressContext? context)
    {
        /// <summary>Begins a run; dispose what it returns when the run has ended.</summary>
        /// <returns>What to report to; null where nobody looks, so that nothing is measured for it.</returns>
        public Run? Begin(string name, long total) => context is null ? null : new Run(context.AddTask(Markup.Escape(name), maxValue: total));
    }

    /// <summary>One run's line, fed by the pool's own progress reports.</summary>
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
