namespace ActorPool.Jobs;

/// <summary>A question to the caller's <see cref="JobOptions.RetryWhen"/>, which it answers now.</summary>
/// <remarks>Whoever finds that the answer is overdue gives the item up: see <c>actorpool.retry-when-timeout</c>.</remarks>
/// <param name="Error">The exception that it judges.</param>
/// <param name="Asked">When it was asked, as a timestamp of the pool's clock.</param>
internal sealed record RetryQuestion(Exception Error, long Asked)
{
    /// <summary>Creates the error of an item about which the predicate did not decide in time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="limit">The time that it had.</param>
    /// <param name="error">The exception that it judged; null if that is lost with a worker process.</param>
    public static AggregateException CreateError(long item, TimeSpan limit, Exception? error)
    {
        var late = new TimeoutException(
            $"The predicate has not returned within [{limit}] (actorpool.retry-when-timeout). It should only look at the exception.");
        return new AggregateException(
            $"JobOptions.RetryWhen did not decide about item {item}, which is given up.", error is null ? [late] : [late, error]);
    }
}
