using System.CommandLine;
using System.Globalization;
using ActorPool.Benchmarks;
using ActorPool.Benchmarks.Serializers;
using ActorPool.Benchmarks.Children;
using ActorPool.Benchmarks.Scale;

// Child processes skip the command line parser: the time to load it is not part of a measured start.
if (args is [ChildProcess.Verb, .. var childArguments])
    return await ChildProcess.MainAsync(childArguments);

var ids = new Argument<string[]>("workloads")
{
    Description = "Ids such as W1 W4 W5-1000; an id takes all that begin with it. A goal such as G5 takes its workloads. Default: all.",
    Arity = ArgumentArity.ZeroOrMore,
};
var only = new Option<string?>("--only") { Description = "The same ids, separated by commas: --only G5,G7." };
var runs = new Option<int>("--runs")
{
    Description = "Measured rounds, 1 or more; each runs every peer once.",
    DefaultValueFactory = _ => 5,
};
var workers = new Option<int>("--workers")
{
    Description = "Workers of the pool, and the peers' degree of parallelism. The goals are stated for 2.",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var most = new Option<long>("--items")
{
    Description = "The most items, from 1,000,000 on; 100,000,000 take some gigabytes.",
    DefaultValueFactory = _ => 10_000_000,
};
foreach (var (option, min) in new (Option, long)[] { (runs, 1), (workers, 1), (most, 1_000_000) })
{
    option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && long.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value < min)
            result.AddError($"{option.Name} is [{value}]; it must be {min} or more.");
    });
}

var compare = new Command("compare", "Runs ActorPool and its .NET peers in turn, checks every result, and prints times, ratios and goals.")
{
    ids, only, runs, workers,
};
compare.SetAction((parsed, cancellation) =>
    CompareCommand.RunAsync(
        [.. parsed.GetValue(ids) ?? [], .. parsed.GetValue(only)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []],
        parsed.GetValue(runs),
        parsed.GetValue(workers),
        cancellation));

var micro = new Command("micro", "Runs BenchmarkDotNet on small calls; takes BenchmarkDotNet's arguments, such as --filter '*One*'.")
{
    TreatUnmatchedTokensAsErrors = false,
};
micro.SetAction(parsed =>
{
    MicroCommand.Run(parsed.UnmatchedTokens);
    return 0;
});

var serializers = new Command(
    "serializers",
    "Encodes and decodes four sets of values with ActorPool's serializer and others: MB/s, size, and what each loses silently.")
{
    runs,
};
serializers.SetAction(parsed => SerializersCommand.Run(parsed.GetValue(runs)));

var memory = new Command("memory", "Measures the bytes that an item and a chunk of each call take, and what stays after the job.") { most };
memory.SetAction(parsed => MemoryCommand.RunAsync(parsed.GetValue(most)));

var check = new Option<bool>("--check") { Description = "Only compares the simulation with the closed form; exit code 1: it differs." };
var real = new Option<bool>("--real") { Description = "Only runs 8 pools at a time over 16 node processes of one worker." };
var coordinator = new Option<bool>("--coordinator") { Description = "Only measures the coordinator's time for a chunk." };
var picture = new Option<string?>("--picture") { Description = "The SVG file to draw, such as docs/scale.svg." };
var scale = new Command("scale", "Measures what a chunk costs the caller, and simulates 1 to 1,000 nodes of 64 workers with that.")
{
    runs, check, real, coordinator, picture,
};
scale.SetAction(async (parsed, cancellation) =>
{
    if (parsed.GetValue(check))
        return ScaleCheck.Run();
    if (parsed.GetValue(real))
        return await RealPools.RunAsync(parsed.GetValue(runs));
    if (parsed.GetValue(coordinator))
        return ScaleCommand.MeasureCoordinator(parsed.GetValue(runs), cancellation);
    return await ScaleCommand.RunAsync(parsed.GetValue(runs), parsed.GetValue(picture), cancellation);
});

return await new RootCommand("ActorPool's benchmarks.") { compare, micro, serializers, memory, scale }.Parse(args).InvokeAsync();
