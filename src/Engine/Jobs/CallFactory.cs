using System.Reflection;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>Makes a call's function from the user's delegates.</summary>
/// <remarks>
/// At the caller, the compiler knows the types; on a node, the function is made from a <see cref="CallDescription"/> by reflection.
/// </remarks>
internal static partial class CallFactory
{
    /// <summary>What a node does with a function whose types it learns at run time.</summary>
    public interface IVisitor<out TResult>
    {
        TResult Visit<TIn, TOut>(ChunkFunction<TIn, TOut> function);
    }

    public static ItemFunction<(T1, T2), TOut> Star<T1, T2, TOut>(Func<T1, T2, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new ItemFunction<(T1, T2), TOut>(
            x => function(x.Item1, x.Item2), CallKind.StarMap2, function);
    }

    public static ItemFunction<(T1, T2, T3), TOut> Star<T1, T2, T3, TOut>(Func<T1, T2, T3, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new ItemFunction<(T1, T2, T3), TOut>(
            x => function(x.Item1, x.Item2, x.Item3), CallKind.StarMap3, function);
    }

    public static ItemFunction<(T1, T2, T3, T4), TOut> Star<T1, T2, T3, T4, TOut>(Func<T1, T2, T3, T4, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new ItemFunction<(T1, T2, T3, T4), TOut>(
            x => function(x.Item1, x.Item2, x.Item3, x.Item4), CallKind.StarMap4, function);
    }

    /// <summary>Makes the function that was described, and passes it to the visitor with its types.</summary>
    /// <exception cref="InvalidDataException">Kind, types and delegates do not fit together.</exception>
    public static TResult Visit<TResult>(CallDescription call, IVisitor<TResult> visitor)
    {
        var name = call.Kind switch
        {
            CallKind.Map => nameof(VisitMap),
            CallKind.MapAsync => nameof(VisitMapAsync),
            CallKind.ForEach => nameof(VisitForEach),
            CallKind.ForEachAsync => nameof(VisitForEachAsync),
            CallKind.MapChunks => nameof(VisitMapChunks),
            CallKind.Aggregate => nameof(VisitAggregate),
            CallKind.Apply => nameof(VisitApply),
            CallKind.ApplyAsync => nameof(VisitApplyAsync),
            CallKind.StarMap2 => nameof(VisitStar2),
            CallKind.StarMap3 => nameof(VisitStar3),
            CallKind.StarMap4 => nameof(VisitStar4),
            CallKind.StarMap2Async => nameof(VisitStar2Async),
            CallKind.StarMap3Async => nameof(VisitStar3Async),
            CallKind.StarMap4Async => nameof(VisitStar4Async),
            _ => throw new InvalidDataException($"A call of kind [{(int)call.Kind}] is unknown."),
        };
        try
        {
            var method = typeof(CallFactory).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod([typeof(TResult), .. call.Types]);
            return (TResult)method.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [visitor, call.Functions], culture: null)!;
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"A call of kind [{call.Kind}] does not fit its types and functions: {e.Message}", e);
        }
    }

    private static TResult VisitMap<TResult, TIn, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(new ItemFunction<TIn, TOut>((Func<TIn, TOut>)f[0]));

    private static TResult VisitForEach<TResult, TIn>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(new ItemAction<TIn>((Action<TIn>)f[0]));

    private static TResult VisitMapChunks<TResult, TIn, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(new WholeChunkFunction<TIn, TOut>((Func<ReadOnlyMemory<TIn>, TOut[]>)f[0]));

    private static TResult VisitAggregate<TResult, TIn, TAcc>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(new FoldFunction<TIn, TAcc>((Func<TAcc>)f[0], (Func<TAcc, TIn, TAcc>)f[1]));

    private static TResult VisitApply<TResult, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(new ApplyFunction<TOut>((Func<TOut>)f[0]));

    private static TResult VisitStar2<TResult, T1, T2, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(Star((Func<T1, T2, TOut>)f[0]));

    private static TResult VisitStar3<TResult, T1, T2, T3, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(Star((Func<T1, T2, T3, TOut>)f[0]));

    private static TResult VisitStar4<TResult, T1, T2, T3, T4, TOut>(IVisitor<TResult> visitor, IReadOnlyList<Delegate> f)
        => visitor.Visit(Star((Func<T1, T2, T3, T4, TOut>)f[0]));
}
