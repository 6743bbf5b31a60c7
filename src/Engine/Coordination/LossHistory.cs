namespace ActorPool.Coordination;

/// <summary>How processes and nodes ended that had items of a job.</summary>
/// <remarks>For the error of an item that is given up. Which item ended them is not known: each loss is that of a chunk.</remarks>
internal sealed class LossHistory
{
    /// <summary>The losses that are kept.</summary>
    /// <remarks>A job that loses more processes holds more memory, and only its oldest losses are left out of errors.</remarks>
    public const int MaxLosses = 1000;

    private readonly Queue<(long Start, int Count, string End)> _losses = [];

    /// <summary>Records a loss.</summary>
    /// <param name="start">The first item of the chunk.</param>
    /// <param name="count">Its items.</param>
    /// <param name="end">What was lost and how it ended, as a sentence.</param>
    public void Add(long start, int count, string end)
    {
        if (_losses.Count == MaxLosses)
            _losses.Dequeue();
        _losses.Enqueue((start, count, end));
    }

    /// <summary>Returns the losses of an item, the oldest first.</summary>
    public IEnumerable<string> Of(long index) =>
        _losses.Where(loss => index >= loss.Start && index - loss.Start < loss.Count).Select(loss => loss.End);
}
