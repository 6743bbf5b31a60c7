using System.CommandLine;
using ActorPool.Configuration;

namespace ActorPool.Node.Demo;

/// <summary>Makes the command <c>demo</c> with its flags.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var rows = BoundedInt32.Create("--rows", "Rows of the table.", defaultValue: 1_000_000, min: 1, max: 100_000_000);
        var maxWorkers = BoundedInt32.Create(
            "--max-workers", "Measures pools of 1, 2, … up to this many workers.", Environment.ProcessorCount, 1, 1000);
        var runs = BoundedInt32.Create(
            "--runs", "Runs of each measurement, of which the median counts.", defaultValue: 3, min: 1, max: 1000);
        var randomSeed = BoundedInt32.Create(
            "--random-seed", "The seed of the table's random numbers.", defaultValue: 1, min: 0, max: int.MaxValue);
        var cluster = new Option<string?>("--cluster")
        {
            Description = "Runs on the nodes of this cluster instead.",
            HelpName = "host:port[,host:port...]",
        };
        cluster.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [{ Value: var addresses }])
                    NodeAddress.ParseList(addresses);
            }
            catch (FormatException e)
            {
                result.AddError($"--cluster: {e.Message}");
            }
        });
        var config = SettingLayers.CreateOption();
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws the speed-ups into this file.", HelpName = "FILE.svg" };
        plot.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && !SpeedupPlot.IsSupported(path))
                result.AddError($"--plot is [{path}]; its extension must be .svg.");
        });
        var command = new Command(
            "demo",
            "Squares on two workers, then the rows of a table, sequentially and in pools of 1, 2, … workers, with the measured speed-ups.")
        {
            rows, maxWorkers, runs, randomSeed, cluster, config, plot,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(cluster) is not null && result.GetResult(maxWorkers) is { Implicit: false })
                result.AddError("--max-workers is for pools of this process: with --cluster, all workers of its nodes are used.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var layers = SettingLayers.Read(parsed.GetValue(config), Environment.GetEnvironmentVariables());
            var settings = new DemoSettings(
                parsed.GetValue(rows), parsed.GetValue(maxWorkers), parsed.GetValue(runs), parsed.GetValue(randomSeed),
                parsed.GetValue(cluster), layers, parsed.GetValue(plot));
            return new DemoRun(settings, Terminal.CreateOutput(), Terminal.CreateError()).RunAsync(cancellationToken);
        });
        return command;
    }
}
