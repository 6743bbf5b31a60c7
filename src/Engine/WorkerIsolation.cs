namespace ActorPool;

/// <summary>What separates the workers of a pool from the program and from each other.</summary>
public enum WorkerIsolation
{
    /// <summary>Nothing: they are actors of this process.</summary>
    /// <remarks>
    /// The fastest. A function that overflows the stack, exhausts the memory or ends the process takes the program along, and one that
    /// never returns keeps its thread.
    /// </remarks>
    None,

    /// <summary>Each worker is a process of its own, as in Python's Pool.</summary>
    /// <remarks>
    /// Functions and values travel as they do to nodes, and have the same limits. A process that dies costs the item that it ran, and is
    /// replaced.
    /// </remarks>
    Process,
}
