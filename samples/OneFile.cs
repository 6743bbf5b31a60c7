#:project ../src/Engine/Engine.csproj

using ActorPool;

// Uses workers of this process, or with an address those of a cluster: dotnet run samples/OneFile.cs -- 127.0.0.1:8110
await using var pool = args is [var seed] ? await WorkerPool.ConnectAsync(seed) : WorkerPool.Create();

var factor = 3;
var results = await pool.MapAsync(x => (Number: x, Text: $"{x * factor}"), Enumerable.Range(0, 1000));

Console.WriteLine($"{results.Length} results, the last is {results[^1].Text}, {(args is [] ? "in this process" : "on a cluster")}");
