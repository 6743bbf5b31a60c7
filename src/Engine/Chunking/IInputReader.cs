namespace ActorPool.Chunking;

/// <summary>Reads a source ahead of the workers, up to a limit.</summary>
/// <remarks>It runs on a thread that may block.</remarks>
internal interface IInputReader
{
    /// <summary>Reads until the limit, the end or <see cref="Stop"/>; blocks where the source does.</summary>
    ValueTask ReadAsync();

    /// <summary>Whether the source has ended: no call of <see cref="ReadAsync"/> will read more.</summary>
    bool HasEnded { get; }

    /// <summary>What the source threw; it counts as its end.</summary>
    Exception? Error { get; }

    /// <summary>Called by the reader when an input has arrived for which the coordinator waits.</summary>
    /// <value>Set before the first read.</value>
    Action OnAvailable { get; set; }

    /// <summary>Allows reading up to this number of inputs in total.</summary>
    /// <returns>Whether the reader rests and must be told to read on.</returns>
    bool Allow(long limit);

    /// <summary>Asks to be notified of the next input.</summary>
    /// <returns>False when one has arrived meanwhile, or the source has ended.</returns>
    bool Await();

    /// <summary>Makes the reader rest; false when it may already read more.</summary>
    bool TryRest();

    /// <summary>Ends the reading at the next input.</summary>
    void Stop();

    /// <summary>Releases the source; only when no read is in progress.</summary>
    ValueTask DisposeAsync();
}
