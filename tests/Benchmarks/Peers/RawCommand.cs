namespace ActorPool.Benchmarks.Peers;

/// <summary>The commands of a <see cref="RawConnection"/>; each has a count.</summary>
internal enum RawCommand
{
    /// <summary>Send four bytes back, as often as the count says.</summary>
    Echo,

    /// <summary>Read blocks into one buffer, and answer with the first element of each.</summary>
    Take,

    /// <summary>Read each block into a new array, and answer with the sum of each.</summary>
    Sum,

    /// <summary>Send all blocks, which were made before.</summary>
    Give,

    /// <summary>Make and send each block.</summary>
    Make,

    /// <summary>Read ints and answer with their squares, a batch at a time.</summary>
    Square,
}
