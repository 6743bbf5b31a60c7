using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Observing;

/// <summary>A job of 20 items, three of which fail until they are repaired.</summary>
/// <remarks>The last one waits for the test: it keeps the job from its end.</remarks>
internal sealed class FailingItems
{
    private readonly Gate _gate = new();
    private readonly Gate _repaired = new(); // its arrivals say whether

    public Job<ItemResult<int>[]> Start(WorkerPool pool)
    {
        var (gate, repaired) = (_gate, _repaired);
        return pool.StartTryMap(
            x =>
            {
                if (x == 19)
                    gate.Pass();
                return x is 3 or 8 or 13 && repaired.Arrived == 0 ? throw new FormatException($"no number {x}") : x;
            },
            Enumerable.Range(0, 20).ToArray(), new JobOptions { Name = "parse", ChunkSize = 1 });
    }

    public void Repair()
    {
        _repaired.Open();
        _repaired.Pass();
    }

    public void End() => _gate.Open();
}
