using System.Globalization;
using ActorPool.Configuration;
using Spectre.Console;

namespace ActorPool.Node.Demo;

/// <summary>Runs the two examples of the tutorial, one after the other.</summary>
internal sealed class DemoRun(DemoSettings settings, IAnsiConsole output, IAnsiConsole notes)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Plot is { } file)
            SpeedupPlot.CheckWritable(file);
        RowTable.CheckMemory(settings.Rows, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

        try
        {
            var measured = await MeasureAsync(cancellationToken);
            if (settings.Plot is { } plot)
            {
                SpeedupPlot.Save(plot, measured);
                Note($"The plot is in {plot.FullName}.");
            }
        }
        catch (SettingsException e)
        {
            throw settings.Layers.Describe(e);
        }
    }

    private async Task<IReadOnlyList<SpeedupMeasurement>> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var cluster = settings.Cluster is { } address
            ? await WorkerPool.ConnectAsync(address, new WorkerPoolOptions { Config = settings.Layers.Text }, cancellationToken)
            : null;
        await SquaresAsync(cluster, cancellationToken);
        return await RowsAsync(cluster, cancellationToken);
    }

    private async Task SquaresAsync(WorkerPool? cluster, CancellationToken cancellationToken)
    {
        Note($"The squares of 1, 2, 3, 4, 5, on {(cluster is null ? "two workers" : $"the workers of {settings.Cluster}")}:");
        await using var local = cluster is null ? CreatePool(workers: 2) : null;
        var pool = cluster ?? local!;

        int[] squares = await pool.MapAsync(x => x * x, [1, 2, 3, 4, 5], cancellationToken: cancellationToken);

        output.WriteLine($"[{string.Join(", ", squares)}]");
    }

    private async Task<IReadOnlyList<SpeedupMeasurement>> RowsAsync(WorkerPool? cluster, CancellationToken cancellationToken)
    {
        var pools = cluster is null
            ? string.Create(CultureInfo.InvariantCulture, $"pools of 1 to {settings.MaxWorkers:N0} workers")
            : $"the pool over {settings.Cluster}";
        Note($"A table of {settings.Rows:N0} x 4 random integers 0..99, in a plain loop and in {pools}.");
        if (cluster is null && settings.MaxWorkers > Environment.ProcessorCount)
            Note($"This process may use {Environment.ProcessorCount:N0} processors: expect no gain from more workers than that.");
        var rows = RowTable.CreateRandom(settings.Rows, settings.RandomSeed);
        var bench = new SpeedupBench(rows, cluster, CreatePool, settings.MaxWorkers, settings.Runs);
        var measured = new List<SpeedupMeasurement>();
        foreach (var work in RowWork.All)
        {
            var measurement = await bench.MeasureAsync(work, cancellationToken);
            SpeedupTable.Write(output, measurement);
            measured.Add(measurement);
        }
        output.WriteLine();
        var runs = settings.Runs == 1
            ? "One run"
            : string.Create(CultureInfo.InvariantCulture, $"Medians of {settings.Runs:N0} runs");
        output.WriteLine(
            $"{runs} after a warm-up; speed-up: the plain loop's time divided by the pool's; every result of the pools equals the loop's.");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, {Environment.ProcessorCount:N0} processors, random seed {settings.RandomSeed}."));
        return measured;
    }

    private WorkerPool CreatePool(int workers) =>
        WorkerPool.Create(new WorkerPoolOptions { Workers = workers, Config = settings.Layers.Text });

    private void Note(FormattableString text) => notes.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
