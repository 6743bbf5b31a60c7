using System.Globalization;
using Akka.Actor;
using ActorPool;
using ActorPool.Soak;

// Random jobs against one pool for as long as is asked; every result is checked, and what should stay flat is compared between beginning and end.
//   dotnet run -c Release --project tests/Soak -- --minutes 5 [--seed N] [--workers N]
//   dotnet run -c Release --project tests/Soak -- cluster --minutes 10 [--seed N]
// The second: one job over three nodes, each of which is killed or frozen time and again; ends with 0 if its results are exact.
var isCluster = args is ["cluster", ..];
var options = args.Skip(isCluster ? 1 : 0).Chunk(2).ToDictionary(pair => pair[0], pair => double.Parse(pair[^1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
var length = TimeSpan.FromMinutes(options.GetValueOrDefault("--minutes", 5));
var seed = (int)options.GetValueOrDefault("--seed", Environment.TickCount & 0xFFFFFF);
var workers = (int)options.GetValueOrDefault("--workers", 4);
if (isCluster)
    return await new ClusterRun(seed).ForAsync(length) ? 0 : 1;
Console.WriteLine($"seed {seed}, {workers} workers, {length}");

using var system = ActorSystem.Create("soak", "akka { loglevel = OFF, stdout-loglevel = OFF }");
await using var pool = WorkerPool.Create(system, new WorkerPoolOptions
{
    Workers = workers,
    Name = "pool",
    Config = "actorpool { abandon-after = 100ms, worker-losses = 1000000 }", // a busy item may be unlucky more than three times here
});
var run = new Run(pool, system, seed);
try
{
    await run.ForAsync(length);
}
catch (ViolationException violation)
{
    Console.WriteLine($"VIOLATION with --seed {seed} --workers {workers}: {violation.Message}\n{pool.Statistics}");
    return 1;
}
Console.WriteLine($"{run.Jobs} jobs, nothing lost, nothing twice. {pool.Statistics}");
return 0;
