using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static ActorPool.Soak.ViolationException;

namespace ActorPool.Soak;

/// <summary>Creates jobs for worker processes, and checks each outcome.</summary>
/// <remarks>Items of some jobs end their process. The functions use only what travels: nothing of this object.</remarks>
internal sealed class ProcessJobs(WorkerPool pool, Random random, bool hasMemoryLimit)
{
    public const long MaxMemory = 400L << 20;

    private static readonly TimeSpan s_itemTimeout = TimeSpan.FromSeconds(1);
    private static readonly Action[] s_deaths = [() => Overflow(0), FailFast, () => Environment.Exit(7), KillSelf, ThrowElsewhere];

    private int[] _inputs = [];
    private int _number;
    private JobOptions _options = new();

    /// <summary>Creates a job, with a name for the message when it fails.</summary>
    public (string Name, Func<Task> Job) CreateNext()
    {
        _inputs = Enumerable.Range(0, 1 + random.Next(random.Next(10) == 0 ? 20_000 : 300)).ToArray();
        _number = random.Next(_inputs.Length);
        _options = new JobOptions { ChunkSize = random.Next(2) == 0 ? null : 1 + random.Next(64) };
        // Those that end processes are rarer: a start takes most of the time.
        Func<Task>[] jobs = random.Next(4) != 0
            ? [Map, Slow, TryMap, Retry, Stream, LeaveStream, Aggregate, Arrays, Cancel, FailsFast]
            : [Poison, Poison, IgnoreToken, WatchToken, CancelBlocked, JobTimeout, hasMemoryLimit ? UseMemory : Poison];
        var job = jobs[random.Next(jobs.Length)];
        return ($"{job.Method.Name} of {_inputs.Length} items, {_options}, number {_number},", job);
    }

    private async Task Map()
    {
        var factor = _number;
        Same(_inputs.Select(x => (long)x * factor), await pool.MapAsync(x => (long)x * factor, _inputs, _options));
        Same(_inputs.Select(x => $"{x}"), await pool.MapAsync(async x => { await Task.Yield(); return $"{x}"; }, _inputs, _options));
    }

    /// <summary>Takes long enough that workers are killed or stopped in it.</summary>
    private async Task Slow()
    {
        var inputs = _inputs.Take(200).ToArray();
        Same(inputs.Select(Work), await pool.MapAsync(Work, inputs, _options));
    }

    private async Task TryMap() => Same(
        _inputs.Select(x => ((long)x, x % 7 == 3 ? -1 : x)),
        (await pool.TryMapAsync(x => x % 7 == 3 ? throw new InvalidDataException() : x, _inputs, _options))
            .Select(result => (
                result.Index, result.IsSuccess ? result.Value : result.Error!.InnerException is InvalidDataException ? -1 : -2)));

    private async Task Retry()
    {
        var results = await pool.TryMapAsync(
            x => WorkContext.Current!.Attempt <= x % 4 ? throw new InvalidDataException() : x, _inputs, _options with { Retries = 2 });
        Same(_inputs.Select(x => (x % 4 != 3, Math.Min(3, 1 + (x % 4)))), results.Select(result => (result.IsSuccess, result.Attempts)));
    }

    private async Task Stream()
    {
        var results = new List<int>();
        await foreach (var result in pool.StreamAsync(x => x + 1, _inputs.Where(_ => true), _options))
            results.Add(result);
        Same(_inputs.Select(x => x + 1), results);
    }

    private async Task LeaveStream()
    {
        var results = new List<int>();
        await foreach (var result in pool.StreamAsync(x => x, _inputs.Where(_ => true), _options))
        {
            results.Add(result);
            if (results.Count == _number + 1)
                break;
        }
        Same(_inputs.Take(_number + 1), results);
    }

    private async Task Aggregate()
    {
        var sum = await pool.AggregateAsync(() => 0L, (sum, x) => sum + x, (a, b) => a + b, _inputs, _options);
        Same([_inputs.Sum(x => (long)x)], [sum]);
    }

    private async Task Arrays()
    {
        const int length = 100_000;
        var inputs = _inputs.Take(20).Select(x => Enumerable.Repeat((double)x, length).ToArray()).ToArray();
        var results = await pool.MapAsync(values => Array.ConvertAll(values, value => value + 1), inputs, _options);
        Same(inputs.Select(values => (length, values[0] + 1)), results.Select(values => (values.Length, values.Distinct().Single())));
    }

    private async Task Cancel()
    {
        var job = pool.StartMap(x => Work(x), _inputs, _options);
        await AwaitDoneAsync(job, Math.Min(_number, 20));
        job.Cancel();
        await EndsAsync<OperationCanceledException>(job.Completion);
    }

    private async Task FailsFast()
    {
        var number = _number;
        var task = pool.MapAsync(x => x == number ? throw new InvalidDataException() : x, _inputs, _options);
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowUnless(
            task.Exception?.InnerException is WorkItemException { InnerException: InvalidDataException } error && error.Index == number,
            $"{task.Status} with {task.Exception}");
    }

    /// <summary>One item ends each process that runs it; no other item pays.</summary>
    private async Task Poison()
    {
        var (number, death) = (_number, s_deaths[random.Next(s_deaths.Length)]);
        var results = await pool.TryMapAsync(x => Do(x, number, death), _inputs, _options);
        CheckAllBut(number, results, error => error.InnerException is PoisonItemException);
    }

    private async Task UseMemory()
    {
        var number = _number;
        var results = await pool.TryMapAsync(x => Do(x, number, UseTooMuch), _inputs, _options);
        CheckAllBut(number, results, error => error.InnerException is PoisonItemException);
    }

    /// <summary>One item does not return; its process is killed for it.</summary>
    private async Task IgnoreToken()
    {
        var number = _number;
        var results = await pool.TryMapAsync(x => Do(x, number, Block), _inputs, _options with { ItemTimeout = s_itemTimeout });
        // While a process is stopped, its item's time goes on.
        CheckAllBut(number, results, error => error.InnerException is TimeoutException, mayFail: true);
    }

    private async Task WatchToken()
    {
        var number = _number;
        var results = await pool.TryMapAsync(
            async (x, token) => x == number ? await new TaskCompletionSource<int>().Task.WaitAsync(token) : x,
            _inputs,
            _options with { ItemTimeout = s_itemTimeout });
        CheckAllBut(number, results, error => error.InnerException is TimeoutException, mayFail: true);
    }

    /// <summary>Cancels a job whose functions do not return: their processes are killed.</summary>
    private async Task CancelBlocked()
    {
        var number = Math.Min(_number, 5); // early, so that it mostly runs when the job is cancelled
        var job = pool.StartMap(x => Do(x, number, Block), _inputs, _options with { ChunkSize = 1 });
        await AwaitDoneAsync(job, number);
        job.Cancel();
        await EndsAsync<OperationCanceledException>(job.Completion);
    }

    private Task JobTimeout() => EndsAsync<TimeoutException>(
        pool.MapAsync(x => Work(x), _inputs, _options with { Timeout = TimeSpan.FromMilliseconds(1 + random.Next(300)) }));

    private void CheckAllBut(int number, ItemResult<int>[] results, Func<WorkItemException, bool> isExpected, bool mayFail = false)
    {
        ThrowUnless(results.Length == _inputs.Length, $"{results.Length} results instead of {_inputs.Length}");
        for (var i = 0; i < results.Length; i++)
        {
            var result = results[i];
            var isRight = result.Index == i && (result.IsSuccess
                ? i != number && result.Value == i
                : (i == number || mayFail) && isExpected(result.Error!));
            ThrowUnless(isRight, $"item {i} has the outcome [{result}]: {result.Error}");
        }
    }

    private static async Task AwaitDoneAsync(Job<int[]> job, int items)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!job.Completion.IsCompleted && job.Progress.Done < items)
            await timer.WaitForNextTickAsync();
    }

    /// <summary>Checks that a job ended with its result, or with the requested error.</summary>
    private async Task EndsAsync<T>(Task<int[]> task)
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (task.IsCompletedSuccessfully)
            Same(_inputs.Select(Work), await task);
        else
        {
            ThrowUnless(
                task.IsCanceled ? typeof(T) == typeof(OperationCanceledException) : task.Exception?.InnerException is T,
                $"{task.Status} with {task.Exception} instead of {typeof(T).Name}");
        }
    }

    private static int Work(int x)
    {
        var noise = (uint)x;
        for (var i = 0; i < 1_000_000; i++)
            noise = (noise * 1_664_525) + 1_013_904_223;
        return noise == 42 ? -1 : x;
    }

    private static int Do(int x, int number, Action action)
    {
        if (x == number)
            action();
        return x;
    }

    private static void Block()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
    }

    private static unsafe void UseTooMuch()
    {
        var bytes = (nuint)(2 * MaxMemory);
        new Span<byte>(NativeMemory.Alloc(bytes), (int)bytes).Fill(1);
        Block(); // until the pool looks at the memory
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Overflow(int depth) => Overflow(depth + 1) + 1;

    private static void FailFast() => Environment.FailFast("no more");

    private static void KillSelf()
    {
        Process.GetCurrentProcess().Kill();
        Block(); // until the signal arrives
    }

    private static void ThrowElsewhere()
    {
        var thread = new Thread(() => throw new InvalidDataException("no one catches this"));
        thread.Start();
        thread.Join();
        Block(); // until the process ends
    }
}
