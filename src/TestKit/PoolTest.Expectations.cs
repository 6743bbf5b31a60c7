using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.TestKit;

// Expectations: each waits in real time, and fails with what is outstanding.
public sealed partial class PoolTest
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestDescription = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the result of a call.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="task">The call.</param>
    /// <param name="what">Names it in the message; left out, it is the expression.</param>
    /// <returns>The result. If the call fails, the task faults with the call's error.</returns>
    /// <exception cref="PoolTestException">The call did not end in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, and the call has not.</exception>
    public async Task<T> ExpectResultAsync<T>(Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await ExpectEndAsync(task, what).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <summary>Waits for the result of a job.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="job">The job.</param>
    /// <param name="what">Names it in the message; left out, it is the expression.</param>
    /// <returns>The result. If the job fails, the task faults with the job's error.</returns>
    /// <exception cref="PoolTestException">The job did not end in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, and the job has not.</exception>
    public Task<T> ExpectResultAsync<T>(Job<T> job, [CallerArgumentExpression(nameof(job))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        return ExpectResultAsync(job.Completion, what);
    }

    /// <summary>Waits until a call has failed with an error of a type.</summary>
    /// <typeparam name="TException">The type, or a base of it.</typeparam>
    /// <param name="task">The call, for example a job's <c>Completion</c>.</param>
    /// <param name="what">Names it in the message; left out, it is the expression.</param>
    /// <returns>The error.</returns>
    /// <exception cref="PoolTestException">
    /// The call did not end in <see cref="RealTimeLimit"/>, has succeeded, or failed with another error, which is the inner exception.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The test has ended, and the call has not.</exception>
    public async Task<TException> ExpectFailureAsync<TException>(
        Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
        where TException : Exception
    {
        await ExpectEndAsync(task, what).ConfigureAwait(false);
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other)
        {
            throw new PoolTestException(
                $"[{what}] should have failed with [{typeof(TException).Name}], but failed with [{other.GetType().Name}]: {other.Message}",
                other);
        }
        throw new PoolTestException($"[{what}] should have failed with [{typeof(TException).Name}], but has succeeded.");
    }

    /// <summary>Waits until a call has ended, with whatever outcome.</summary>
    /// <param name="task">The call.</param>
    /// <param name="what">Names it in the message; left out, it is the expression.</param>
    /// <returns>A task that completes when the call has ended; the call's error is not thrown.</returns>
    /// <exception cref="PoolTestException">The call did not end in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, and the call has not.</exception>
    public async Task ExpectEndAsync(Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!await HasCallEndedAsync(task).ConfigureAwait(false))
            throw await CreateExceptionAsync($"the end of [{what}]").ConfigureAwait(false);
    }

    /// <summary>Waits until no job is unfinished, and all workers are there and idle.</summary>
    /// <returns>A task that completes then.</returns>
    /// <exception cref="PoolTestException">That was not so in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, or ends meanwhile.</exception>
    public Task ExpectIdleAsync() => ExpectAsync(
        now => now is { Busy: 0, Jobs: 0 } && now.Workers == Pool.Workers, "no unfinished job, and all workers idle");

    /// <summary>Waits until the pool's counts meet a condition.</summary>
    /// <param name="condition">The condition; called again and again.</param>
    /// <param name="what">Names it in the message; left out, it is the expression.</param>
    /// <returns>A task that completes when the condition is met.</returns>
    /// <exception cref="PoolTestException">That was not so in <see cref="RealTimeLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">The test has ended, or ends meanwhile.</exception>
    public async Task ExpectAsync(
        Func<PoolStatistics, bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(s_pollInterval);
        while (true)
        {
            ThrowIfDisposed();
            if (condition(Pool.Statistics))
                return;
            if (TimeProvider.System.GetElapsedTime(started) > RealTimeLimit)
                throw await CreateExceptionAsync(what ?? nameof(condition)).ConfigureAwait(false);
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Describes what is outstanding: jobs, chunks in flight, running items and since when, and warnings.</summary>
    /// <returns>Some lines of text, as the messages of failed expectations have them.</returns>
    public async Task<string> DescribeAsync()
    {
        var text = new StringBuilder().AppendLine(
            CultureInfo.InvariantCulture,
            $"{Pool}, [{Time.GetUtcNow() - _start}] of virtual time after its start. {Pool.Statistics}");
        foreach (var line in await DescribeJobsAsync().ConfigureAwait(false))
            text.Append("  ").AppendLine(line);
        foreach (var line in GetFunctions().SelectMany(function => function.Describe()))
            text.Append("  The test has not ended ").AppendLine(line);
        foreach (var line in _warnings.GetLast())
            text.Append("  Log: ").AppendLine(line);
        return text.ToString();
    }

    internal async Task<PoolTestException> CreateExceptionAsync(string expected)
    {
        var outstanding = await DescribeAsync().ConfigureAwait(false);
        return new PoolTestException(
            $"Not in [{RealTimeLimit.TotalSeconds}] s of real time: {expected}. {GetAdvice()}{Environment.NewLine}{outstanding}");
    }

    private string GetAdvice()
    {
        if (Pool.State.HasEnded)
            return "The pool has ended: nothing begins in it any more.";
        if (GetFunctions().Any(function => function.Describe().Any()))
        {
            return "Items wait for the test: end them with Complete or Fail, or with CompleteAfter or FailAfter and AdvanceAsync. "
                + "AdvanceAsync alone lets timeouts happen.";
        }
        return Pool.Statistics.Busy > 0
            ? "A function of the test's own still runs: if it takes that long in real time, raise RealTimeLimit; if it waits for Time, "
                + "it needs AdvanceAsync."
            : "Does it need AdvanceAsync? If the machine is only slow, raise RealTimeLimit.";
    }

    private async Task<IReadOnlyList<string>> DescribeJobsAsync()
    {
        if (Pool.State.HasEnded)
            return ["The pool has ended."];
        var answer = Pool.Coordinator.Ask<JobProtocol.JobsDescribed>(JobProtocol.DescribeJobs.Instance);
        await Task.WhenAny(answer, Pool.State.Stopped).HasEndedAsync(s_longestDescription).ConfigureAwait(false);
        if (!answer.IsCompletedSuccessfully)
            return ["The pool's coordinator does not answer."];
        var lines = (await answer.ConfigureAwait(false)).Lines;
        return lines.Count == 0 ? ["No job is unfinished."] : lines;
    }
}
