using System.Collections.Immutable;
using static ActorPool.Soak.ViolationException;

namespace ActorPool.Soak;

/// <summary>Creates jobs of every kind with random sizes and options, which check their results.</summary>
internal sealed class RandomJobs(WorkerPool pool, Random random, ManualResetEventSlim stuck)
{
    private static readonly TimeSpan s_itemTimeout = TimeSpan.FromMilliseconds(200);

    private int[] _inputs = [];
    private JobOptions _options = new();
    private int _number;

    /// <summary>Creates a job, with a name for the message when it fails.</summary>
    public (string Name, Func<Task> Job) CreateNext()
    {
        _inputs = Enumerable.Range(0, random.Next(20) == 0 ? random.Next(50_000) : random.Next(300)).ToArray();
        _number = random.Next(1 + _inputs.Length);
        _options = new JobOptions
        {
            ChunkSize = random.Next(2) == 0 ? null : 1 + random.Next(64),
            Window = random.Next(2) == 0 ? null : 1 + random.Next(500),
        };
        Func<Task>[] jobs = [Map, Into, TryMap, Retry, Stream, Unordered, LeaveStream, Chunks, Aggregate, ForEach,
            Cancel, Nested, NestedAsync, ItemTimeout, JobTimeout, SourceThrows, StreamSourceThrows, ProgressThrows, FailFast];
        var job = random.Next(200) == 0 ? Abandon : jobs[random.Next(jobs.Length)];
        return ($"{job.Method.Name} of {_inputs.Length} items, {_options}, number {_number},", job);
    }

    private async Task Map()
    {
        Same(_inputs, await pool.MapAsync(x => x, _inputs, _options));
        Same(_inputs, await pool.MapAsync(Yield, _inputs, _options));
        Same(_inputs, await pool.MapAsync(Yield, Generate(), _options));
    }

    private async Task Into()
    {
        var results = new int[_inputs.Length];
        await pool.MapAsync(x => x, _inputs, results.AsMemory(), _options);
        Same(_inputs, results);
    }

    private async Task TryMap() => Same(
        _inputs.Select(x => ((long)x, x % 7 == 3 ? -1 : x)),
        (await pool.TryMapAsync(x => x % 7 == 3 ? throw new InvalidDataException() : x, _inputs, _options))
            .Select(result => (result.Index, result.IsSuccess ? result.Value : -1)));

    private async Task Retry()
    {
        var results = await pool.TryMapAsync(
            async (x, token) => WorkContext.Current!.Attempt <= x % 4 ? throw new InvalidDataException() : await Yield(x, token),
            _inputs,
            _options with { Retries = 2 });
        Same(_inputs.Select(x => (x % 4 != 3, Math.Min(3, 1 + (x % 4)))), results.Select(result => (result.IsSuccess, result.Attempts)));
    }

    private async Task Stream() => Same(_inputs, await ReadAsync(pool.StreamAsync(Yield, Generate(), _options)));

    private async Task Unordered() => Same(
        _inputs, (await ReadAsync(pool.StreamAsync(Yield, Generate(), _options with { Order = JobOrder.Completion }))).Order());

    private async Task LeaveStream() => Same(
        _inputs.Take(_number + 1), await ReadAsync(pool.StreamAsync(x => x, Generate(), _options), _number + 1));

    private async Task Chunks() => Same(_inputs, await pool.MapChunksAsync(chunk => chunk.ToArray(), _inputs, _options));

    private async Task Aggregate() => Same(
        _inputs,
        await pool.AggregateAsync(() => ImmutableList<int>.Empty, (list, x) => list.Add(x), (a, b) => a.AddRange(b), _inputs, _options));

    private async Task ForEach()
    {
        var seen = new int[_inputs.Length];
        await pool.ForEachAsync(x => Interlocked.Increment(ref seen[x]), _inputs, _options);
        Same(_inputs.Select(_ => 1), seen);
    }

    private async Task Cancel()
    {
        var job = pool.StartMap(Yield, Generate(), _options);
        while (!job.Completion.IsCompleted && job.Progress.Done < _number)
            await Task.Yield();
        job.Cancel();
        await EndsAsync<OperationCanceledException>(job.Completion);
    }

    private async Task Nested() => Same(
        _inputs.Take(20).Select(x => (3 * x) + 3),
        await pool.MapAsync(x => pool.MapAsync(y => y, Enumerable.Range(x, 3)).GetAwaiter().GetResult().Sum(), _inputs.Take(20), _options));

    private async Task NestedAsync() => Same(
        _inputs.Take(50).Select(x => (3 * x) + 3),
        await pool.MapAsync(
            async (x, token) => (await pool.MapAsync(Yield, Enumerable.Range(x, 3), cancellationToken: token)).Sum(),
            _inputs.Take(50),
            _options));

    private async Task ItemTimeout()
    {
        var results = await pool.TryMapAsync(
            async (x, token) => x == _number ? await new TaskCompletionSource<int>().Task.WaitAsync(token) : await Yield(x, token),
            _inputs,
            _options with { ItemTimeout = s_itemTimeout });
        // On a busy machine other items may time out, too.
        Same(_inputs, results.Select(result =>
            result.IsSuccess && result.Index != _number ? result.Value
            : result.Error?.InnerException is TimeoutException ? (int)result.Index
            : -1));
    }

    /// <summary>Runs a function that does not return before the round ends.</summary>
    private async Task Abandon()
    {
        var results = await pool.TryMapAsync(x =>
        {
            if (x == 1)
                stuck.Wait();
            return x;
        }, Enumerable.Range(0, 3), new JobOptions { ChunkSize = 3, ItemTimeout = s_itemTimeout });
        ThrowUnless(results is [_, { Error.InnerException: TimeoutException }, _], "an item whose function does not return has an outcome");
    }

    private Task JobTimeout() => EndsAsync<TimeoutException>(
        pool.MapAsync(Yield, Generate(), _options with { Timeout = TimeSpan.FromMilliseconds(1 + random.Next(5)) }));

    private Task SourceThrows() => FailsAsync<InvalidDataException>(pool.MapAsync(x => x, Generate(_number), _options));

    private async Task StreamSourceThrows()
    {
        var results = new List<int>();
        await FailsAsync<InvalidDataException>(ReadAsync(pool.StreamAsync(Yield, Generate(_number), _options), into: results));
        Same(_inputs.Take(_number), results);
    }

    private Task ProgressThrows() => FailsAsync<InvalidDataException>(
        pool.MapAsync(Yield, _inputs, _options with { Progress = new Thrower() }));

    private Task FailFast() => _number == _inputs.Length ? Map() : FailsAsync<WorkItemException>(
        pool.MapAsync(async (x, token) => x == _number ? throw new InvalidDataException() : await Yield(x, token), _inputs, _options));

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

    private static async Task<List<int>> ReadAsync(IAsyncEnumerable<int> stream, int max = int.MaxValue, List<int>? into = null)
    {
        into ??= [];
        await foreach (var x in stream)
        {
            into.Add(x);
            if (into.Count == max)
                break;
        }
        return into;
    }

    private static async Task FailsAsync<T>(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowUnless(task.Exception?.InnerException is T, $"{task.Status} with {task.Exception} instead of {typeof(T).Name}");
    }

    /// <summary>Checks that a job ended with its result, or with the requested error.</summary>
    private async Task EndsAsync<T>(Task<int[]> task)
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (task.IsCompletedSuccessfully)
            Same(_inputs, await task);
        else
        {
            ThrowUnless(
                task.IsCanceled ? typeof(T) == typeof(OperationCanceledException) : task.Exception?.InnerException is T,
                $"{task.Status} with {task.Exception} instead of {typeof(T).Name}");
        }
    }

    private sealed class Thrower : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => throw new InvalidDataException();
    }
}
