using ActorPool;

await using var pool = WorkerPool.Create(workers: 2);

// The results are in input order, also when a later worker finishes first.
int[] squares = await pool.MapAsync(x => x * x, [1, 2, 3, 4, 5]);
Console.WriteLine($"Squares: {string.Join(", ", squares)}");

// The first failure ends the job. It names the input.
try
{
    await pool.MapAsync(x => 100 / x, [5, 2, 0, 1]);
}
catch (WorkItemException e)
{
    Console.WriteLine($"Input {e.Index} failed: {e.InnerException!.Message}");
}

// TryMapAsync runs all items and returns a value or an error for each.
ItemResult<int>[] outcomes = await pool.TryMapAsync(x => 100 / x, [5, 2, 0, 1]);
Console.WriteLine($"Outcomes: {string.Join(", ", outcomes.Select(outcome => outcome.IsSuccess ? $"{outcome.Value}" : "failed"))}");

// A stream reads its source lazily, at most Window items ahead of the consumer. This source never ends.
var total = 0L;
await foreach (var square in pool.StreamAsync(x => (long)x * x, Numbers(), new JobOptions { Window = 64 }))
{
    total += square;
    if (square == 1_000_000)
        break;
}
Console.WriteLine($"Sum of the squares of 1 to 1000: {total}");

static IEnumerable<int> Numbers()
{
    for (var i = 1; ; i++)
        yield return i;
}
