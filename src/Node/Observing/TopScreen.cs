using ActorPool.Insights;
using Akka.Actor;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Observing;

/// <summary>Shows a cluster on the whole terminal, anew each second, until someone ends it.</summary>
internal sealed class TopScreen(ClusterObserver observer, IAnsiConsole console, TimeProvider clock)
{
    private const string EnterScreen = "\e[?1049h\e[H";
    private const string LeaveScreen = "\e[?1049l";
    private const string Clear = "\e[2J\e[H";
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly TopView _view = new(console.Profile.Capabilities.Unicode);
    private ClusterReport? _last; // in which a node has answered
    private DateTimeOffset _lostAt;

    /// <summary>Runs until the token is cancelled, or q or Ctrl-C is pressed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ReadKeys(ended);
        console.Write(new ControlCode(EnterScreen));
        try
        {
            await console.Live(ReportTables.Text("")).Overflow(VerticalOverflow.Crop).AutoClear(true)
                .StartAsync(context => UpdateAsync(context, ended.Token));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // That is how it ends.
        }
        finally
        {
            console.Write(new ControlCode(LeaveScreen));
        }
    }

    /// <summary>Chooses what to show: a report without any answer says nothing of the cluster.</summary>
    /// <returns>The report, and since when nothing newer is known; null if it is new.</returns>
    public (ClusterReport Report, string? Lost) Choose(ClusterReport report)
    {
        var isLost = report.Nodes.All(node => node.State is NodeState.Silent or NodeState.Unreachable && node.Engine.Length == 0);
        if (!isLost)
        {
            _last = report;
            return (report, null);
        }
        if (_last is null)
            return (report, "No node answers. It goes on trying.");
        if (_lostAt < _last.Now)
            _lostAt = report.Now;
        var seconds = (report.Now - _lostAt).TotalSeconds;
        return (_last with { Problems = report.Problems, ProblemDetails = report.ProblemDetails }, FormattableString.Invariant(
            $"The connection is lost since {seconds:0} s; it goes on trying. This is what was last seen."));
    }

    private async Task UpdateAsync(LiveDisplayContext context, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        var size = (console.Profile.Width, console.Profile.Height);
        do
        {
            var (report, lost) = Choose(await DescribeAsync(ended));
            // What a terminal of another size has wrapped anew is not where it was drawn.
            if (size != (console.Profile.Width, console.Profile.Height))
                console.Write(new ControlCode(Clear));
            size = (console.Profile.Width, console.Profile.Height);
            context.UpdateTarget(_view.Draw(report, lost, size.Width, size.Height));
        }
        while (await timer.WaitForNextTickAsync(ended));
    }

    private async Task<ClusterReport> DescribeAsync(CancellationToken ended)
    {
        try
        {
            return await observer.DescribeAsync(ended);
        }
        catch (AskTimeoutException)
        {
            // This process was stopped, or is very busy.
            return new ClusterReport(ReportJson.Version, clock.GetUtcNow(), _last?.Asked ?? "", [], [], [], []);
        }
    }

    // Reading blocks, and cannot be cancelled: the thread ends with the process.
    private static void ReadKeys(CancellationTokenSource ended)
    {
        if (Console.IsInputRedirected)
            return;
        var thread = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                if (Console.ReadKey(intercept: true) is not { KeyChar: 'q' or 'Q' })
                    continue;
                ended.Cancel();
            }
        })
        {
            IsBackground = true,
            Name = "actorpool-keys",
        };
        thread.Start();
    }
}
