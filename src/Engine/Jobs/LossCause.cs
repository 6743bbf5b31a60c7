namespace ActorPool.Jobs;

/// <summary>How a chunk came back without its outcome.</summary>
internal enum LossCause
{
    /// <summary>It was stopped with its job, or could not be sent or started.</summary>
    /// <remarks>The job ends with its own error.</remarks>
    Stopped,

    /// <summary>Its node hands it back and has not started it.</summary>
    HandedBack,

    /// <summary>Its node hands it back while it runs, because the node leaves or rejoins.</summary>
    Interrupted,

    /// <summary>Its node left in good order: it announced that, or sent a farewell.</summary>
    NodeLeft,

    /// <summary>Its worker in this process was stopped.</summary>
    WorkerLost,

    /// <summary>Its node is gone without notice: the process died, froze or was cut off.</summary>
    NodeLost,

    /// <summary>Its worker process died while it ran no item.</summary>
    /// <remarks>It read the inputs, perhaps, or wrote the results.</remarks>
    ProcessLost,
}
