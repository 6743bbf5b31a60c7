namespace ActorPool.Values;

/// <summary>A kind of value with a question whose answer must not depend on the process.</summary>
public abstract class Kind(string name)
{
    /// <summary>What it is called in the tables; without tabs and vertical bars.</summary>
    public string Name { get; } = name;

    /// <summary>Creates a kind whose declared type is <typeparamref name="T"/>.</summary>
    /// <param name="name">What it is called in the tables.</param>
    /// <param name="make">Makes a new value each time, of which the probe says the same in every process.</param>
    /// <param name="probe">Asks the value: looks up, compares, adds up, enumerates.</param>
    public static Kind Of<T>(string name, Func<T> make, Func<T, string> probe) => new Kind<T>(name, make, probe);

    /// <summary>Calls the visitor with the declared type.</summary>
    public abstract TResult Accept<TResult>(IKindVisitor<TResult> visitor);
}

/// <summary>A kind by its declared type.</summary>
public sealed class Kind<T>(string name, Func<T> make, Func<T, string> probe) : Kind(name)
{
    /// <summary>Makes a new value.</summary>
    public T Make() => make();

    /// <summary>Asks a value; an exception is an answer, too.</summary>
    public string Probe(T value)
    {
        try
        {
            return probe(value);
        }
        catch (Exception e)
        {
            return $"{Answer.Threw} {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IKindVisitor<TResult> visitor) => visitor.Visit(this);
}
