using ActorPool;

// dotnet run                      on the workers of this process
// dotnet run -- 127.0.0.1:8110    on the nodes of a cluster, which need not have this program
await using var pool = args is [var node] ? await WorkerPool.ConnectAsync(node) : WorkerPool.Create();

var limit = 1_000_000;
int[] primes = await pool.MapAsync(
    start => Enumerable.Range(start, 10_000).Count(IsPrime),
    Enumerable.Range(0, limit / 10_000).Select(block => block * 10_000));

Console.WriteLine($"{primes.Sum()} primes below {limit}, counted by {pool.Workers} workers.");

static bool IsPrime(int n)
{
    for (var divisor = 2; divisor * divisor <= n; divisor++)
    {
        if (n % divisor == 0)
            return false;
    }
    return n >= 2;
}
