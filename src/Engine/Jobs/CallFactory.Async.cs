using ActorPool.Wire;

namespace ActorPool.Jobs;

// Functions that are awaited. Workers run one shape of them, with a token and a ValueTask; what nodes get is what the user wrote, and
// the type of that delegate says which shape it has.
internal static partial class CallFactory
{
    public static AsyncItemFunction<TIn, TOut> MapAsync<TIn, TOut>(Func<TIn, Task<TOut>?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<TIn, TOut>(
            x => ToValueTask(function(x)), CallKind.MapAsync, function);
    }

    public static AsyncItemFunction<TIn, TOut> MapAsync<TIn, TOut>(Func<TIn, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<TIn, TOut>(
            function, CallKind.MapAsync, function);
    }

    public static AsyncItemAction<TIn> ForEachAsync<TIn>(Func<TIn, Task?> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new AsyncItemAction<TIn>(
            x => ToValueTask(action(x)), action);
    }

    public static AsyncItemAction<TIn> ForEachAsync<TIn>(Func<TIn, ValueTask> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new AsyncItemAction<TIn>(action, action);
    }

    public static AsyncItemFunction<Unit, TResult> ApplyAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<Unit, TResult>(
            (_, token) => function(token), CallKind.ApplyAsync, function);
    }

    public static AsyncItemFunction<Unit, TResult> ApplyAsync<TResult>(Func<Task<TResult>?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<Unit, TResult>(
            _ => ToValueTask(function()), CallKind.ApplyAsync, function);
    }

    public static AsyncItemFunction<Unit, TResult> ApplyAsync<TResult>(Func<ValueTask<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<Unit, TResult>(
            _ => function(), CallKind.ApplyAsync, function);
    }

    public static AsyncItemFunction<(T1, T2), TOut> StarAsync<T1, T2, TOut>(Func<T1, T2, Task<TOut>?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2), TOut>(
            x => ToValueTask(function(x.Item1, x.Item2)), CallKind.StarMap2Async, function);
    }

    public static AsyncItemFunction<(T1, T2), TOut> StarAsync<T1, T2, TOut>(Func<T1, T2, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2), TOut>(
            x => function(x.Item1, x.Item2), CallKind.StarMap2Async, function);
    }

    public static AsyncItemFunction<(T1, T2, T3), TOut> StarAsync<T1, T2, T3, TOut>(Func<T1, T2, T3, Task<TOut>?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2, T3), TOut>(
            x => ToValueTask(function(x.Item1, x.Item2, x.Item3)), CallKind.StarMap3Async, function);
    }

    public static AsyncItemFunction<(T1, T2, T3), TOut> StarAsync<T1, T2, T3, TOut>(Func<T1, T2, T3, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2, T3), TOut>(
            x => function(x.Item1, x.Item2, x.Item3), CallKind.StarMap3Async, function);
    }

    public static AsyncItemFunction<(T1, T2, T3, T4), TOut> StarAsync<T1, T2, T3, T4, TOut>(Func<T1, T2, T3, T4, Task<TOut>?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2, T3, T4), TOut>(
            x => ToValueTask(function(x.Item1, x.Item2, x.Item3, x.Item4)), CallKind.StarMap4Async, function);
    }

    public static AsyncItemFunction<(T1, T2, T3, T4), TOut> StarAsync<T1, T2, T3, T4, TOut>(Func<T1, T2, T3, T4, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AsyncItemFunction<(T1, T2, T3, T4), TOut>(
            x => function(x.Item1, x.Item2, x.Item3, x.Item4), CallKind.StarMap4Async, function);
    }

    // A task that is null counts as one that has the default result. The compiler takes the overload for tasks where all of them fit and
    // the lambda has no type of its own: MapAsync<int, string?>(_ => null, inputs), which must give nulls.
    private static ValueTask<TOut> ToValueTask<TOut>(Task<TOut>? task) => task is null ? default : new ValueTask<TOut>(task);

    private static ValueTask ToValueTask(Task? task) => task is null ? default : new ValueTask(task);

    private static TResult VisitMapAsync<TResult, TIn, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] switch
        {
            Func<TIn, Task<TOut>> function => MapAsync(function),
            Func<TIn, ValueTask<TOut>> function => MapAsync(function),
            _ => new AsyncItemFunction<TIn, TOut>((Func<TIn, CancellationToken, ValueTask<TOut>>)f[0]),
        });

    private static TResult VisitForEachAsync<TResult, TIn>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] switch
        {
            Func<TIn, Task> action => ForEachAsync(action),
            Func<TIn, ValueTask> action => ForEachAsync(action),
            _ => new AsyncItemAction<TIn>((Func<TIn, CancellationToken, ValueTask>)f[0]),
        });

    private static TResult VisitApplyAsync<TResult, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] switch
        {
            Func<Task<TOut>> function => ApplyAsync(function),
            Func<ValueTask<TOut>> function => ApplyAsync(function),
            _ => ApplyAsync((Func<CancellationToken, ValueTask<TOut>>)f[0]),
        });

    private static TResult VisitStar2Async<TResult, T1, T2, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] is Func<T1, T2, Task<TOut>> function
            ? StarAsync(function)
            : StarAsync((Func<T1, T2, ValueTask<TOut>>)f[0]));

    private static TResult VisitStar3Async<TResult, T1, T2, T3, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] is Func<T1, T2, T3, Task<TOut>> function
            ? StarAsync(function)
            : StarAsync((Func<T1, T2, T3, ValueTask<TOut>>)f[0]));

    private static TResult VisitStar4Async<TResult, T1, T2, T3, T4, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f) =>
        visitor.Visit(f[0] is Func<T1, T2, T3, T4, Task<TOut>> function
            ? StarAsync(function)
            : StarAsync((Func<T1, T2, T3, T4, ValueTask<TOut>>)f[0]));
}
