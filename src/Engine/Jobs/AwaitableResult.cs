using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>Refuses functions whose result has yet to be awaited.</summary>
/// <remarks>
/// One task around the result is awaited, by the overloads that take it. What is left in the type of the result is not: the caller would
/// get unfinished work in place of results, and on a node that work would stay behind.
/// </remarks>
internal static class AwaitableResult
{
    private const string FSharpAsync = "Microsoft.FSharp.Control.FSharpAsync`1";

    /// <exception cref="ArgumentException"><typeparamref name="TOut"/> is awaitable or an asynchronous sequence.</exception>
    public static void Refuse<TOut>()
    {
        if (Known<TOut>.Advice is { } advice)
        {
            throw new ArgumentException(
                $"The result of the function is a [{TypeText.Format(typeof(TOut))}], which nobody would await. {advice}", "function");
        }
    }

    private static string? FindAdvice(Type type)
    {
        if (type == typeof(Task) || type == typeof(ValueTask))
            return "Use ForEachAsync, which needs no results, or return a value: async item => ….";
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var shape)
        {
            if (shape == typeof(IAsyncEnumerable<>) || shape == typeof(IAsyncEnumerator<>))
                return "Read it inside of the function, and return what it yields.";
            if (string.Equals(shape.FullName, FSharpAsync, StringComparison.Ordinal))
                return "Start it inside of the function: task { return! … }.";
            if (type.IsAssignableTo(typeof(Task)) || shape == typeof(ValueTask<>))
                return "Pass the function as a Func<…, Task<T>>, or await inside of it: async item => await ….";
        }
        return IsAwaitable(type) ? "Await it inside of the function: async item => await …." : null;
    }

    private static bool IsAwaitable(Type type) =>
        type.GetMethod("GetAwaiter", BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes) is { } method
        && method.ReturnType.IsAssignableTo(typeof(INotifyCompletion));

    /// <summary>What is known of a type; looked up once, since every call asks.</summary>
    private static class Known<TOut>
    {
        public static readonly string? Advice = FindAdvice(typeof(TOut));
    }
}
