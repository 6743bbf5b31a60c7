using ActorPool;
using ActorPool.Soak;
using Akka.Actor;

// Runs random jobs against one pool for the given time and checks every result; compares memory and threads between beginning and end.
//   dotnet run -c Release --project tests/Soak -- --minutes 5 [--seed N] [--workers N]
//   dotnet run -c Release --project tests/Soak -- cluster --minutes 10 [--seed N]
//   dotnet run -c Release --project tests/Soak -- processes --minutes 10 [--seed N]
// The second form runs one job over three nodes, which are killed or frozen repeatedly. The exit code is 0 if the results are exact and
// each node was killed or frozen. The third one runs random jobs on worker processes, of a pool and of two nodes, some of whose items end
// their process, while the processes are killed and stopped. The exit code is 0 if each outcome is right, the program does not grow, and
// no process or file is left. It is 64 if an argument is wrong.
Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 64;
}
var (form, length, workers) = (arguments.Form, arguments.Length, arguments.Workers);
var seed = arguments.Seed ?? Environment.TickCount & 0xFFFFFF;
if (form is "cluster")
    return await new ClusterRun(seed).ForAsync(length) ? 0 : 1;
if (form is "processes")
    return await new ProcessRun(seed).ForAsync(length) ? 0 : 1;
Console.WriteLine($"seed {seed}, {workers} workers, {length}");

using var system = ActorSystem.Create("soak", "akka { loglevel = OFF, stdout-loglevel = OFF }");
await using var pool = WorkerPool.Create(system, new WorkerPoolOptions
{
    Workers = workers,
    Name = "pool",
    Config = "actorpool { abandon-after = 100ms, worker-losses = 1000000 }", // here an item may lose its worker more than three times
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
