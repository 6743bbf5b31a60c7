using ActorPool;
using ActorPool.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddActorPool();

var app = builder.Build();

// GET /primes/1000000
app.MapGet("/primes/{limit:int:range(1,100000000)}", async (int limit, WorkerPool pool, CancellationToken cancellationToken) =>
{
    var starts = Enumerable.Range(0, (limit + 9_999) / 10_000).Select(block => block * 10_000);
    int[] primes = await pool.MapAsync(
        start => Enumerable.Range(start, Math.Min(10_000, limit - start)).Count(IsPrime), starts, cancellationToken: cancellationToken);
    return new { Limit = limit, Primes = primes.Sum() };
});

await app.RunAsync();

static bool IsPrime(int n)
{
    for (var divisor = 2; divisor * divisor <= n; divisor++)
    {
        if (n % divisor == 0)
            return false;
    }
    return n >= 2;
}
