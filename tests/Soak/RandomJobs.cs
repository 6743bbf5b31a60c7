using System.Collections.Immutable;
using static ActorPool.Soak.ViolationException;

namespace ActorPool.Soak;

/// <summary>Jobs of every kind, with random sizes and options; each checks its own results.</summary>
internal sealed class RandomJobs(WorkerPool pool, Random random, ManualResetEventSlim stuck)
{
    private int[] _inputs = [];
    private JobOptions _options = new();
    private int _number;

    /// <summary>A job, and what to call it when it goes wrong.</summary>
    public (string Name, Func<Task> Job) Next()
    {
        _inputs = Enumerable.Range(0, random.Next(20) == 0 ? random.Next(50_000) : random.Next(300)).ToArray();
        _number = random.Next(1 + _inputs.Length);
        _options = new JobOptions
        {
            ChunkSize = random.Next(2) == 0 ? null : 1 + random.Next(64),
            Window = random.Next(2) == 0 ? null : 1 + random.Next(500),
        };
        Func<Task>[] jobs = [Map, MapAsync, MapGenerated, MapInto, TryMap, Retry, Stream, StreamUnordered, LeaveStream, MapChunks, Aggregate, ForEach,
            Cancel, Nested, NestedAsync, ItemTimeout, JobTimeout, SourceThrows, StreamSourceThrows, ProgressThrows, FailFast];
        var job = random.Next(200) == 0 ? Abandon : jobs[random.Next(jobs.Length)];
        return ($"{job.Method.Name} of {_inputs.Length} items, {_options}, number {_number},", job);
    }

    private async Task Map() => ThrowUnlessEqual(_inputs, await pool.MapAsync(x => x, _inputs, _options), "map");

    private async Task MapAsync() => ThrowUnlessEqual(_inputs, await pool.MapAsync(Yield, _inputs, _options), "async map");

    private async Task MapGenerated() => ThrowUnlessEqual(_inputs, await pool.MapAsync(Yield, Generate(), _options), "map of a generator");

    private async Task MapInto()
    {
        var results = new int[_inputs.Length];
        await pool.MapAsync(x => x, _inputs, results.AsMemory(), _options);
        ThrowUnlessEqual(_inputs, results, "map into a buffer");
    }

    private async Task TryMap()
    {
        var results = await pool.TryMapAsync(x => x % 7 == 3 ? throw new InvalidDataException() : x, _inputs, _options);
        ThrowUnlessEqual(_inputs.Select(x => (x, x % 7 == 3 ? -1 : x)), results.Select(result => ((int)result.Index, result.IsSuccess ? result.Value : -1)).ToList(), "try-map");
    }

    private async Task Retry()
    {
        var results = await pool.TryMapAsync(
            async (x, token) => WorkContext.Current!.Attempt <= x % 4 ? throw new InvalidDataException() : await Yield(x, token), _inputs, _options with { Retries = 2 });
        ThrowUnlessEqual(_inputs.Select(x => (x % 4 != 3, Math.Min(3, 1 + (x % 4)))), results.Select(result => (result.IsSuccess, result.Attempts)).ToList(), "retries");
    }

    private async Task Stream() => ThrowUnlessEqual(_inputs, await ReadAsync(pool.StreamAsync(Yield, Generate(), _options)), "stream");

    private async Task StreamUnordered() =>
        ThrowUnlessEqual(_inputs, (await ReadAsync(pool.StreamAsync(Yield, Generate(), _options with { Order = JobOrder.Completion }))).Order().ToList(), "unordered stream");

    private async Task LeaveStream()
    {
        var results = await ReadAsync(pool.StreamAsync(x => x, Generate(), _options), _number);
        ThrowUnlessEqual(_inputs.Take(_number), results, "beginning of a stream");
    }

    private async Task MapChunks() => ThrowUnlessEqual(_inputs, await pool.MapChunksAsync(chunk => chunk.ToArray(), _inputs, _options), "chunks");

    private async Task Aggregate() => ThrowUnlessEqual(
        _inputs, (await pool.AggregateAsync(() => ImmutableList<int>.Empty, (list, x) => list.Add(x), (a, b) => a.AddRange(b), _inputs, _options)).ToList(), "aggregate");

    private async Task ForEach()
    {
        var seen = new int[_inputs.Length];
        await pool.ForEachAsync(x => Interlocked.Increment(ref seen[x]), _inputs, _options);
        ThrowUnlessEqual(_inputs.Select(_ => 1), seen, "for-each");
    }

    private async Task Cancel()
    {
        var job = pool.StartMap(Yield, Generate(), _options);
        while (!job.Completion.IsCompleted && job.Progress.Done < _number)
            await Task.Yield();
        job.Cancel();
        await EndsAsync<OperationCanceledException>(job.Completion);
    }

    private async Task Nested()
    {
        var results = await pool.MapAsync(x => pool.MapAsync(y => y, Enumerable.Range(x, 3)).GetAwaiter().GetResult().Sum(), _inputs.Take(20), _options);
        ThrowUnlessEqual(_inputs.Take(20).Select(x => (3 * x) + 3), results, "nested");
    }

    private async Task NestedAsync()
    {
        var results = await pool.MapAsync(async (x, token) => (await pool.MapAsync(Yield, Enumerable.Range(x, 3), cancellationToken: token)).Sum(), _inputs.Take(50), _options);
        ThrowUnlessEqual(_inputs.Take(50).Select(x => (3 * x) + 3), results, "nested async");
    }

    private async Task ItemTimeout()
    {
        var results = await pool.TryMapAsync(async (x, token) =>
        {
            if (x == _number)
                await new TaskCompletionSource().Task.WaitAsync(token);
            return await Yield(x, token);
        }, _inputs, _options with { ItemTimeout = TimeSpan.FromMilliseconds(200) });
        // On a busy machine others may be late, too.
        ThrowUnlessEqual(_inputs, results.Select(result => result.IsSuccess && result.Index != _number ? result.Value : result.Error?.InnerException is TimeoutException ? (int)result.Index : -1).ToList(), "timeouts");
    }

    /// <summary>A function that does not come back before the round ends.</summary>
    private async Task Abandon()
    {
        var results = await pool.TryMapAsync(x =>
        {
            if (x == 1)
                stuck.Wait();
            return x;
        }, Enumerable.Range(0, 3), new JobOptions { ChunkSize = 3, ItemTimeout = TimeSpan.FromMilliseconds(200) });
        ThrowUnless(results is [_, { Error.InnerException: TimeoutException }, _], "a function that does not come back has an outcome");
    }

    private Task JobTimeout() => EndsAsync<TimeoutException>(pool.MapAsync(Yield, Generate(), _options with { Timeout = TimeSpan.FromMilliseconds(1 + random.Next(5)) }));

    private async Task SourceThrows() => await FailsAsync<InvalidDataException>(pool.MapAsync(x => x, Generate(_number), _options));

    private async Task StreamSourceThrows()
    {
        var results = new List<int>();
        await FailsAsync<InvalidDataException>(ReadAsync(pool.StreamAsync(Yield, Generate(_number), _options), into: results));
        ThrowUnlessEqual(_inputs.Take(_number), results, "stream of a source that throws");
    }

    private Task ProgressThrows() => FailsAsync<InvalidDataException>(pool.MapAsync(Yield, _inputs, _options with { Progress = new Thrower() }));

    private Task FailFast() => _number == _inputs.Length ? Map() : FailsAsync<WorkItemException>(pool.MapAsync(
        async (x, token) => x == _number ? throw new InvalidDataException() : await Yield(x, token), _inputs, _options));

    private static async ValueTask<int> Yield(int x, CancellationToken cancellationToken)
    {
        if (x % 3 == 0)
            await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return x;
    }

    private IEnumerable<int> Generate(int throwAt = int.MaxValue)
    {
        foreach (var x in _inputs)
            yield return x == throwAt ? throw new InvalidDataException() : x;
        if (throwAt == _inputs.Length)
            throw new InvalidDataException();
    }

    private static async Task<List<int>> ReadAsync(IAsyncEnumerable<int> stream, int most = int.MaxValue, List<int>? into = null)
    {
        into ??= [];
        if (most == 0)
            return into;
        await foreach (var x in stream)
        {
            into.Add(x);
            if (into.Count == most)
                break;
        }
        return into;
    }

    private static async Task FailsAsync<T>(Task task)
        where T : Exception
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowUnless(task.Exception?.InnerException is T, $"{task.Status} with {task.Exception} instead of {typeof(T).Name}");
    }

    /// <summary>With its result, or the end that was asked for.</summary>
    private async Task EndsAsync<T>(Task<int[]> task)
        where T : Exception
    {
        try
        {
            ThrowUnlessEqual(_inputs, await task, "map that should have ended before");
        }
        catch (T)
        {
            // It ended in time.
        }
    }

    private sealed class Thrower : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => throw new InvalidDataException();
    }
}
