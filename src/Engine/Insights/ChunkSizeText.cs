namespace ActorPool.Insights;

/// <summary>Says in words what decided the size of a chunk.</summary>
internal static class ChunkSizeText
{
    /// <summary>Describes a reason, in a few words without a full stop.</summary>
    public static string Describe(ChunkSizeReason reason) => reason switch
    {
        ChunkSizeReason.Caller => "set by the caller (JobOptions.ChunkSize)",
        ChunkSizeReason.FirstItems => "nothing was measured yet",
        ChunkSizeReason.EarlierJobs => "from what earlier jobs of the function took",
        ChunkSizeReason.Growth => "eight times what was measured, at most",
        ChunkSizeReason.TargetTime => "the target time, by the measured time of an item",
        ChunkSizeReason.FewItems => "no more items than workers",
        ChunkSizeReason.Share => "a share of what remained, so that workers finish together",
        ChunkSizeReason.Floor => "shorter ones would cost more than they balance",
        ChunkSizeReason.ManyWorkers => "as long as handing one to each of many workers takes",
        ChunkSizeReason.Bytes => "bounded by bytes (actorpool.cluster.chunk-bytes)",
        ChunkSizeReason.Window => "bounded by the window of inputs that are read ahead",
        ChunkSizeReason.WorkerLimit => "its worker could run no more (MaxTasksPerWorker)",
        ChunkSizeReason.Inputs => "there were no more inputs then",
        ChunkSizeReason.Again => "run again after a failure or loss",
        _ => "not known",
    };
}
