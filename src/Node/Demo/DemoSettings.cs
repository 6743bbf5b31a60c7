namespace ActorPool.Node.Demo;

/// <summary>The checked flags of <c>demo</c>.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="MaxWorkers">Pools of 1, 2, … up to this many workers are measured.</param>
/// <param name="Runs">Runs of each measurement, of which the median counts.</param>
/// <param name="RandomSeed">The seed of the table's random numbers.</param>
/// <param name="Cluster">Addresses of nodes of the cluster that runs the demo; null for pools of this process.</param>
/// <param name="Layers">The settings of its pools.</param>
/// <param name="Plot">File for the plot; null for none.</param>
internal sealed record DemoSettings(
    int Rows, int MaxWorkers, int Runs, int RandomSeed, string? Cluster, SettingLayers Layers, FileInfo? Plot);
