namespace ActorPool.Values;

/// <summary>A worker's state: values by the names of their kinds.</summary>
public sealed class StateTable
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>The table of the worker that runs this function.</summary>
    public static StateTable Current => (StateTable)WorkContext.Current!.State!;

    /// <summary>Creates a table without values.</summary>
    public static StateTable Create() => new();

    /// <summary>Adds a value to what a function makes.</summary>
    /// <remarks>Each value is captured by a function of its own, in a variable of its declared type.</remarks>
    public static Func<StateTable> Add<T>(Func<StateTable> make, string name, T value) => () =>
    {
        var table = make();
        table._values[name] = value;
        return table;
    };

    /// <summary>Finds a value.</summary>
    public T Find<T>(string name) => (T)_values[name]!;
}
