namespace ActorPool;

/// <summary>What <c>WorkerPool.CheckAsync</c> found out about a function that means the same everywhere.</summary>
/// <typeparam name="TOut">Type of the results.</typeparam>
public sealed class FunctionCheck<TOut>
{
    internal FunctionCheck() { }

    /// <summary>The result as the caller of a cluster's pool would see it.</summary>
    public required TOut Result { get; init; }

    /// <summary>What travelled, with its size.</summary>
    /// <value>The captured variables in the order in which they are written; then the input, then the result.</value>
    public required IReadOnlyList<CheckedValue> Values { get; init; }

    /// <summary>The size of all that travelled, without assemblies.</summary>
    /// <value>In bytes: <see cref="Values"/>, and the description of the function.</value>
    public required long Bytes { get; init; }

    /// <summary>The assemblies that a node without the program would get, with their versions and ids.</summary>
    /// <value>Those of the function and all that they refer to, except .NET's and the engine's. Each is sent once to each node.</value>
    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>Why the function may mean something else on a node all the same.</summary>
    /// <value>A text for each function: writes to captured variables and statics, and statics that the program sets; usually empty.</value>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Lists what travelled.</summary>
    /// <returns>Several lines, for a test's output.</returns>
    public override string ToString() => string.Join('\n',
    [
        $"The same result on copies; {Bytes} bytes:",
        .. Values.Select(value => $"  {value.Name}, a {value.Type}: {value.Bytes} bytes"),
        .. Modules.Select(module => $"  assembly {module}"),
        .. Warnings.Select(warning => $"  {warning}"),
    ]);
}
