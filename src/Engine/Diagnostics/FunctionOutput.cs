namespace ActorPool.Diagnostics;

/// <summary>Where a pool brings what functions write to standard output and error in other processes.</summary>
internal enum FunctionOutput
{
    /// <summary>Lines of worker processes to the log; those of nodes stay there.</summary>
    Default,

    /// <summary>All to the program's own standard output and error.</summary>
    Program,

    /// <summary>All to the log.</summary>
    Log,
}
