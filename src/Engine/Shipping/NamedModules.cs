using System.Collections.Concurrent;

namespace ActorPool.Shipping;

/// <summary>The modules that the functions of one client process load by name.</summary>
/// <remarks>
/// <code>
/// function ── Assembly.Load("Plugins") ──► ModuleLoadContext ──► Find ── asks ──► a pool of the caller's process
///          ◄── the assembly, or none ──── its thread waits ◄─── placed in the context, or not the program's
/// </code>
/// The runtime wants an answer at once, so the thread that loads waits: a worker's, with a function on it, which may block. The task that
/// reads a connection must not wait: the answer comes through it. Each name is asked for once.
/// </remarks>
/// <param name="limit">Longest wait for an answer; null for one minute.</param>
internal sealed class NamedModules(TimeSpan? limit = null)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private static readonly AsyncLocal<bool> s_readsConnection = new();

    private readonly ConcurrentDictionary<string, Task<NamedModule?>> _answers = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IModuleSource[] _sources = [];

    /// <summary>Marks the task that reads a connection, from here on.</summary>
    public static void EnterReading() => s_readsConnection.Value = true;

    public void Add(IModuleSource source)
    {
        lock (_gate)
            _sources = [.. _sources, source];
    }

    public void Remove(IModuleSource source)
    {
        lock (_gate)
            _sources = [.. _sources.Where(other => other != source)];
    }

    /// <summary>Forgets everything, and asks no longer.</summary>
    public void Clear()
    {
        lock (_gate)
            _sources = [];
        _answers.Clear();
    }

    /// <summary>Asks the caller for a module; blocks until it has come.</summary>
    /// <returns>Null if the caller's program has none of that name, or no pool of it is here.</returns>
    /// <exception cref="FileLoadException">It has one, which could not be had; the message says why.</exception>
    public NamedModule? Find(ModuleQuery query)
    {
        var key = $"{query.Kind} {query}";
        if (!_answers.TryGetValue(key, out var answer) || !answer.IsCompleted)
        {
            if (answer is null && (_sources.Length == 0 || !query.CanBeSent))
                return null;
            if (s_readsConnection.Value)
            {
                // A missing translation shows the neutral text, which is no reason to fail.
                return query.Kind is ModuleKind.Satellite ? null : throw new FileLoadException(
                    $"[{query}] is loaded by name while a value is being read, and cannot be fetched from the caller then. "
                    + "Load it earlier, in WorkerPoolOptions.Initializer.");
            }
            // User code may ask for any number of names: only this many answers are remembered.
            answer ??= _answers.Count < CodeManifest.MaxModules ? _answers.GetOrAdd(key, _ => AskAsync(query)) : AskAsync(query);
        }
        try
        {
            return answer.WaitAsync(limit ?? s_limit).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or TimeoutException or FunctionNotShippableException or InvalidDataException)
        {
            _answers.TryRemove(new KeyValuePair<string, Task<NamedModule?>>(key, answer)); // another pool or another try may get it
            throw new FileLoadException(
                e is TimeoutException
                    ? $"The caller has not sent the module [{query}] within [{limit ?? s_limit}]."
                    : $"The module [{query}] cannot be had from the caller: {e.Message}",
                query.Names[0], e);
        }
    }

    private async Task<NamedModule?> AskAsync(ModuleQuery query)
    {
        IOException? error = null;
        foreach (var source in _sources)
        {
            try
            {
                return await source.FindAsync(query).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                error = e; // another pool of the same process may still be here
            }
        }
        throw error ?? new IOException("The caller has left.");
    }
}
