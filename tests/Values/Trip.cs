namespace ActorPool.Values;

/// <summary>A kind on all its ways through a pool.</summary>
public abstract class Trip
{
    /// <summary>The answer for a value that came as the text of it.</summary>
    public const string AsText = "(as text)";

    /// <summary>The name of the kind.</summary>
    public abstract string Name { get; }

    /// <summary>The type that the value is declared as.</summary>
    public abstract Type Declared { get; }

    /// <summary>Creates the trips of a source's kinds.</summary>
    public static IEnumerable<Trip> Of<TSource>()
        where TSource : IKindSource, new()
        => KindTable<TSource>.All.Select(kind => kind.Accept(new Maker<TSource>()));

    /// <summary>Makes a value and sends it.</summary>
    /// <returns>What the probe says at the other end.</returns>
    public abstract Task<string> SendAsync(WorkerPool pool, Way way);

    /// <summary>Adds a value to what a worker's state is made of.</summary>
    public abstract Func<StateTable> AddTo(Func<StateTable> make);

    private sealed class Maker<TSource> : IKindVisitor<Trip>
        where TSource : IKindSource, new()
    {
        public Trip Visit<T>(Kind<T> kind) => new Trip<TSource, T>(kind);
    }
}

/// <summary>The functions of a trip.</summary>
/// <remarks>Each captures nothing but the name of the kind, and the value where that is the way.</remarks>
internal sealed class Trip<TSource, T>(Kind<T> kind) : Trip
    where TSource : IKindSource, new()
{
    private const int Number = 17;
    private const string Text = "text";

    public override string Name => kind.Name;

    public override Type Declared => typeof(T);

    public override Task<string> SendAsync(WorkerPool pool, Way way) => way switch
    {
        Way.Input => SendInputAsync(pool, kind),
        Way.Captured => SendCapturedAsync(pool, kind),
        Way.Result => SendResultAsync(pool, kind),
        Way.Broadcast => SendBroadcastAsync(pool, kind),
        Way.Field => SendFieldAsync(pool, kind),
        Way.Item => SendItemAsync(pool, kind),
        Way.State => ReadStateAsync(pool, kind.Name),
        Way.Data => SendDataAsync(pool, kind),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, "It is not a way."),
    };

    public override Func<StateTable> AddTo(Func<StateTable> make) => StateTable.Add(make, kind.Name, kind.Make());

    private static async Task<string> SendInputAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        var answers = await pool.MapAsync(value => KindTable<TSource>.Probe(name, value), new[] { kind.Make() });
        return answers[0];
    }

    private static Task<string> SendCapturedAsync(WorkerPool pool, Kind<T> kind)
    {
        var (name, value) = (kind.Name, kind.Make());
        return pool.ApplyAsync(() => KindTable<TSource>.Probe(name, value));
    }

    private static async Task<string> SendResultAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        // One for each of two inputs, because what is lost of the first may be in the second.
        var values = await pool.MapAsync(_ => KindTable<TSource>.Make<T>(name), new[] { 1, 2 });
        var (first, second) = (kind.Probe(values[0]), kind.Probe(values[1]));
        return string.Equals(first, second, StringComparison.Ordinal) ? first : $"{first} and {second}";
    }

    private static async Task<string> SendBroadcastAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        var value = await pool.BroadcastAsync(kind.Make());
        return await pool.ApplyAsync(() => KindTable<TSource>.Probe(name, value.Value));
    }

    private static async Task<string> SendFieldAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        var answers = await pool.MapAsync(
            holder => holder.Before is Number && holder.After is Text ? KindTable<TSource>.Probe(name, holder.Value) : "other fields",
            new[] { new Holder<T>(Number, kind.Make(), Text) });
        return answers[0];
    }

    private static async Task<string> SendItemAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        var answers = await pool.MapAsync(
            list => $"{list.Count} {KindTable<TSource>.Probe(name, list[0])} {KindTable<TSource>.Probe(name, list[1])}",
            new[] { new List<T> { kind.Make(), kind.Make() } });
        return answers[0];
    }

    private static Task<string> ReadStateAsync(WorkerPool pool, string name) =>
        pool.ApplyAsync(() => KindTable<TSource>.Probe(name, StateTable.Current.Find<T>(name)));

    private static async Task<string> SendDataAsync(WorkerPool pool, Kind<T> kind)
    {
        var name = kind.Name;
        try
        {
            await pool.ApplyAsync<string>(() =>
            {
                var failure = new ValueFailureException();
                failure.Data[ValueFailureException.Key] = KindTable<TSource>.Make<T>(name);
                throw failure;
            });
            return "nothing was thrown";
        }
        catch (WorkItemException e)
        {
            var error = e.InnerException!;
            var data = error.Data;
            object? original = kind.Make();
            return data[ValueFailureException.Key] switch
            {
                string when original is not string => AsText,
                T value => kind.Probe(value),
                null when original is null && data.Contains(ValueFailureException.Key) => kind.Probe(default!),
                var other => $"a {other?.GetType().Name ?? "null"} as data of {error.GetType().Name}",
            };
        }
    }
}
