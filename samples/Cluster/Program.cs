using ActorPool;
using ClusterSample;

// The nodes have never seen this program. They fetch the assemblies that its functions need, once.
var address = args is [var seed] ? seed : "127.0.0.1:8110";
await using var pool = await WorkerPool.ConnectAsync(address);
Console.WriteLine($"Connected to {address}: {pool.Workers} workers");

const int Width = 20_000;
var starts = Enumerable.Range(0, 100).Select(i => i * Width);

// Captured variables travel with the lambda, as copies.
var name = Environment.MachineName;
Part[] parts = await pool.MapAsync(start => new Part(Primes.CountBetween(start, start + Width), Environment.ProcessId, name), starts);

Console.WriteLine($"{parts.Sum(part => part.Primes)} primes below {100 * Width}");
foreach (var process in parts.GroupBy(part => part.ProcessId).OrderBy(process => process.Key))
    Console.WriteLine($"Process {process.Key} counted {process.Count()} of {parts.Length} ranges for {process.First().Caller}");
