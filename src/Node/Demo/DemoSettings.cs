namespace ActorPool.Node.Demo;

/// <summary>What the flags of <c>demo</c> say, checked.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="MaxWorkers">Pools of 1, 2, … up to this many workers are measured.</param>
/// <param name="Runs">Runs of each measurement, of which the median counts.</param>
/// <param name="RandomSeed">The table's random numbers follow from it.</param>
/// <param name="Cluster">Nodes of a cluster, on which all is run; null for pools of this process.</param>
/// <param name="Plot">File for the plot; null for none.</param>
internal sealed record DemoSettings(int Rows, int MaxWorkers, int Runs, int RandomSeed, string? Cluster, FileInfo? Plot);
