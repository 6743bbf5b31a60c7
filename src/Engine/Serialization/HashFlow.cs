using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Follows hash codes through the methods of a module into fields.</summary>
/// <remarks>
/// <para>
/// It begins with the methods that ask for hash codes and goes on to those that call them, that they call with one, and that read a field
/// which holds one, until nothing changes. Each method is read on its own (<see cref="HashScan"/>) and described by what it does with its
/// arguments (<see cref="HashSummary"/>). Code of .NET is not read.
/// </para>
/// <para>
/// All is bounded, since a program may be large: what is not read follows from no hash code.
/// </para>
/// </remarks>
internal sealed class HashFlow
{
    private const int MaxCallDepth = 4;
    private const int MaxMethods = 3_000;
    private const int MaxRuns = 6_000;
    private const int MaxInstructions = 4_000;
    private const int MaxTargets = 8; // a field with more delegates than that is no event of a class, but a helper of many

    private static readonly ConditionalWeakTable<Module, HashFlow> s_flows = [];

    private readonly Lock _lock = new();
    private readonly HashIndex _index;
    private readonly Dictionary<MethodBase, HashSummary> _summaries = [];
    private readonly Dictionary<MethodBase, HashSet<MethodBase>> _callers = [];
    private readonly Dictionary<(MethodBase Method, int Argument), HashContent> _given = [];
    private readonly Dictionary<HashCell, HashContent> _fields = [];
    private readonly Dictionary<HashCell, HashSet<MethodBase>> _readers = [];
    private readonly Dictionary<(HashCell Holder, int FromEnd), HashContent> _invoked = [];
    private readonly Dictionary<HashCell, HashSet<MethodBase>> _attached = [];
    private readonly HashSet<MethodBase> _running = [];
    private readonly HashSet<Type> _included = [];
    private readonly Queue<MethodBase> _queue = [];
    private readonly HashSet<MethodBase> _queued = [];
    private int _runs;

    private HashFlow(Module module)
    {
        _index = HashIndex.Create(module);
        foreach (var method in _index.FindSources())
            Enqueue(method);
    }

    public static HashFlow For(Module module) => s_flows.GetValue(module, static one => new HashFlow(one));

    /// <summary>Finds what a field holds of hash codes.</summary>
    /// <param name="field">The field.</param>
    /// <param name="levels">The classes whose methods may fill it.</param>
    public (HashKinds Items, HashKinds Places) Find(FieldInfo field, IEnumerable<Type> levels)
    {
        lock (_lock)
        {
            foreach (var level in levels.Where(_included.Add))
            {
                foreach (var method in _index.IsComplete ? _index.FindCallersOfOthers(level) : HashFields.GetMethods(level))
                    Enqueue(GetDefinition(method));
            }
            Run();
            var content = _fields.GetValueOrDefault(HashCell.ForField(field));
            return (content.Items.Kinds, content.Places.Kinds);
        }
    }

    /// <summary>What a method does, as far as it is known.</summary>
    public HashSummary Get(MethodBase callee, MethodBase caller)
    {
        callee = GetDefinition(callee);
        Add(_callers, callee, caller);
        if (_summaries.TryGetValue(callee, out var known))
            return known;
        if (_running.Count < MaxCallDepth)
            Run(callee);
        return _summaries.GetValueOrDefault(callee, HashSummary.Empty);
    }

    /// <summary>What a field's value follows from when a method reads it.</summary>
    /// <remarks>Of a collection only what is in it may follow from hash codes, unless a lambda captures it.</remarks>
    public HashKinds Load(FieldInfo field, MethodBase reader)
    {
        var type = field.FieldType;
        if (!CompilerNames.IsClosure(field.DeclaringType) && !IsOfFSharp(field.DeclaringType!)
            && !type.IsValueType && type != typeof(string) && !typeof(Delegate).IsAssignableFrom(type)
            && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>)))
            return HashKinds.None;
        var cell = HashCell.ForField(field);
        Add(_readers, cell, reader);
        return _fields.GetValueOrDefault(cell).Items.Kinds;
    }

    /// <summary>Whether a class is what F# makes of a function.</summary>
    public static bool IsFunctionOfFSharp(Type type) =>
        type.BaseType is { Name: "FSharpFunc`2" } or { DeclaringType.Name: "OptimizedClosures" };

    private static bool IsOfFSharp(Type type) => IsFunctionOfFSharp(type) || type.BaseType?.Name is "GeneratedSequenceBase`1";

    private static void Add<TKey>(Dictionary<TKey, HashSet<MethodBase>> sets, TKey key, MethodBase method)
        where TKey : notnull
    {
        if (!sets.TryGetValue(key, out var methods))
            sets[key] = methods = [];
        methods.Add(method);
    }

    private void Run()
    {
        while (_queue.TryDequeue(out var method))
        {
            _queued.Remove(method);
            Run(method);
        }
    }

    private void Enqueue(MethodBase method)
    {
        if (_queued.Add(method))
            _queue.Enqueue(method);
    }

    private void Run(MethodBase method)
    {
        if (_runs >= MaxRuns || _summaries.Count >= MaxMethods && !_summaries.ContainsKey(method) || !_running.Add(method))
            return;
        _runs++;
        var before = _summaries.GetValueOrDefault(method, HashSummary.Empty);
        var after = Read(method) ?? before;
        _running.Remove(method);
        _summaries[method] = after;
        Publish(method, after);
        if (after.IsSame(before))
            return;
        foreach (var caller in _callers.GetValueOrDefault(method, []))
            Enqueue(caller);
        // Who calls an accessor is soon found; who calls any method by a common name is not.
        if (after.Attaches && method is { IsSpecialName: true, IsConstructor: false } && after.Attached.Any(
            pair => _invoked.Keys.Any(key => key.Holder == pair.Holder)
            && _attached.GetValueOrDefault(pair.Holder, []).Count <= MaxTargets))
        {
            foreach (var caller in _index.FindCallers(method))
                Enqueue(caller);
        }
        if (!after.HasHash)
            return;
        foreach (var caller in _index.FindCallers(method))
            Enqueue(caller);
        if (method.Name is "Invoke" && method.DeclaringType is { } function && IsFunctionOfFSharp(function))
        {
            foreach (var maker in _index.FindMakers(function))
                Enqueue(maker);
        }
        foreach (var declared in HashIndex.FindDeclarations(method))
            Declare(GetDefinition(declared), after);
    }

    // A call by an interface or a base class may get to this method.
    private void Declare(MethodBase declared, HashSummary summary)
    {
        var before = _summaries.GetValueOrDefault(declared, HashSummary.Empty);
        var after = before with { Result = before.Result.Join(summary.Result with { Within = [] }) };
        _summaries[declared] = after;
        if (after.IsSame(before))
            return;
        foreach (var caller in _callers.GetValueOrDefault(declared, []).Concat(_index.FindCallers(declared)))
            Enqueue(caller);
    }

    // Puts into fields and into arguments of other methods what a method gives them.
    private void Publish(MethodBase method, HashSummary summary)
    {
        foreach (var (cell, content) in summary.Contents.Where(pair => pair.Key.Kind is HashCellKind.Field))
        {
            var known = _fields.GetValueOrDefault(cell);
            if ((known | Close(method, content)) is var now && now != known)
            {
                _fields[cell] = now;
                var readers = _readers.GetValueOrDefault(cell, []).Concat(_index.FindReaders(cell)).Concat(_index.FindMakers(cell));
                foreach (var reader in readers)
                    Enqueue(reader);
            }
        }
        foreach (var ((callee, argument), content) in summary.Passed)
        {
            var closed = Close(method, content);
            Give(GetDefinition(callee), argument, new HashContent(Close(closed.Items, callee), Close(closed.Places, callee)));
        }
        PublishFunctions(method, summary);
    }

    // What is given to the delegates that a field holds gets to their methods.
    private void PublishFunctions(MethodBase method, HashSummary summary)
    {
        foreach (var (holder, function) in summary.Attached)
        {
            if (holder.Kind is not HashCellKind.Field || FindMethod(function) is not { } target)
                continue;
            Add(_attached, holder, target);
            foreach (var (key, given) in _invoked.Where(pair => pair.Key.Holder == holder).ToArray())
                GiveTargets(key, given);
        }
        foreach (var (key, content) in summary.Invoked)
        {
            var known = _invoked.GetValueOrDefault(key);
            if (key.Holder.Kind is not HashCellKind.Field || (known | Close(method, content)) is var now && now == known)
                continue;
            _invoked[key] = known | Close(method, content);
            GiveTargets(key, _invoked[key]);
            foreach (var user in _index.FindReaders(key.Holder))
                Enqueue(user);
        }
    }

    private void GiveTargets((HashCell Holder, int FromEnd) key, HashContent given)
    {
        if (!_attached.TryGetValue(key.Holder, out var targets) || targets.Count > MaxTargets)
            return;
        foreach (var target in targets)
        {
            if (FindParameter(target, key.FromEnd) is { } argument)
                Give(target, argument, given);
        }
    }

    private void Give(MethodBase callee, int argument, HashContent given)
    {
        var known = _given.GetValueOrDefault((callee, argument));
        if ((known | given) is var now && now != known)
        {
            _given[(callee, argument)] = now;
            Enqueue(callee);
        }
    }

    /// <summary>Finds the method of a delegate.</summary>
    public static MethodBase? FindMethod(HashCell function) =>
        function.Kind is HashCellKind.Function ? function.Module!.ResolveMethod(function.Number) : null;

    /// <summary>Finds which argument a parameter is that is counted from the last one.</summary>
    public static int? FindParameter(MethodBase method, int fromEnd) =>
        method.GetParameters().Length + (method.IsStatic ? 0 : 1) - fromEnd is var argument and >= 0 ? argument : null;

    private static HashTaint Close(HashTaint taint, MethodBase callee) => new(HashRules.Close(taint.Kinds, callee), 0);

    // What it comes to with what the callers of the method give.
    private HashContent Close(MethodBase method, HashContent content)
    {
        var (items, places) = (content.Items.Kinds, content.Places.Kinds);
        for (var i = 0; i < 64 && (content.Items.Arguments | content.Places.Arguments) >> i != 0; i++)
        {
            var given = _given.GetValueOrDefault((method, i));
            if ((content.Items.Arguments & 1ul << i) != 0)
                (items, places) = (items | given.Items.Kinds, places | given.Places.Kinds);
            if ((content.Places.Arguments & 1ul << i) != 0)
                places |= given.Items.Kinds;
        }
        return new HashContent(new HashTaint(items, 0), new HashTaint(places, 0));
    }

    private HashSummary? Read(MethodBase method)
    {
        try
        {
            return !method.IsAbstract && !HashRules.IsLibrary(method.DeclaringType) && MethodCode.Read(method) is { } code
                && code.Code.Count <= MaxInstructions
                ? new HashScan(this, method, code).Run()
                : null;
        }
        catch (Exception e) when (HashIndex.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>The method as its class declares it, with its type parameters.</summary>
    public static MethodBase GetDefinition(MethodBase method)
    {
        if (!method.IsGenericMethod && method.DeclaringType is not { IsGenericType: true })
            return method;
        try
        {
            return method.Module.ResolveMethod(method.MetadataToken) ?? method;
        }
        catch (Exception e) when (HashIndex.IsUnreadable(e))
        {
            return method;
        }
    }
}
