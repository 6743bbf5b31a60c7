using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Finds out whether a program changes what a static field holds.</summary>
/// <remarks>
/// The methods that name the field are scanned, then those that call a method which returns what it holds: a property, one that makes the
/// object at its first use, a look-up in it. What they pass it to is followed.
/// </remarks>
/// <param name="held">The static field.</param>
/// <param name="function">The scan of the function that reads it.</param>
/// <param name="modules">Where to search.</param>
/// <param name="isOwn">Whether a module is the program's own, and not of a package.</param>
/// <param name="counts">Whether what a method does is not done on a node as well.</param>
internal sealed class StaticFills(
    FieldInfo held, WriteScan function, IReadOnlyCollection<Module> modules, Func<Module, bool> isOwn, Func<MethodBase, bool> counts)
{
    private const int MaxScans = 2_000; // of a class that half of a big program uses

    private readonly Dictionary<(Module, int), HeldResult> _results = [];
    private readonly Queue<MethodBase> _pending = new();
    private readonly HashSet<(Module, int)> _waiting = [];

    /// <summary>The static field.</summary>
    public FieldInfo Field => held;

    /// <summary>The scan of the function that reads it.</summary>
    public WriteScan Function => function;

    /// <summary>Whether a method that counts changes it.</summary>
    public bool Find()
    {
        // What holds no object is changed by its address alone.
        var load = StaticFields.MayBeFilled(held.FieldType) ? OpCodes.Ldsfld : OpCodes.Ldsflda;
        AddAll(modules.SelectMany(module => FieldUses.Find(module, held, load, OpCodes.Ldsflda)).Select(use => use.Method));
        for (var i = 0; i < MaxScans && _pending.TryDequeue(out var method); i++)
        {
            _waiting.Remove((method.Module, method.MetadataToken));
            if (!isOwn(method.Module) && Accessor.Find(method) is null)
                continue; // a package's: only its properties lead to the program
            var scan = WriteScan.ForProgram(method, this);
            if (isOwn(method.Module) && counts(method) && scan.Found.ChangesContent(held, function))
                return true;
            if (scan.Result is { } result)
                Add(method, result);
        }
        return false;
    }

    /// <summary>Finds what a method returns of the field.</summary>
    public HeldResult? FindResult(MethodBase callee) =>
        _results.Count > 0 && IsOfForm(callee) ? _results.GetValueOrDefault((callee.Module, callee.MetadataToken)) : null;

    // Each form of a generic class has its own field.
    private bool IsOfForm(MethodBase callee) =>
        held.DeclaringType is not { IsGenericType: true } owner || callee.DeclaringType is not { } type
        || type.MetadataToken != owner.MetadataToken || type.Module != owner.Module || StaticFields.IsSameForm(type, owner);

    private void Add(MethodBase method, HeldResult result)
    {
        if (result.Yielded is { } yielded)
        {
            if (FindStart(method) is { } start)
                Add(start, new HeldResult(new Origin(OriginKind.Derived, yielded)));
            result = result with { Yielded = null };
            if (result == new HeldResult())
                return;
        }
        if (_results.TryGetValue((method.Module, method.MetadataToken), out var known) && known == result)
            return;
        _results[(method.Module, method.MetadataToken)] = result;
        foreach (var name in VirtualMembers.FindCalled(method).Prepend(method))
        {
            _results.TryAdd((name.Module, name.MetadataToken), result);
            AddAll(modules.SelectMany(module => FieldUses.FindCalls(module, name)));
        }
    }

    private void AddAll(IEnumerable<MethodBase> methods)
    {
        foreach (var method in methods)
        {
            if (_waiting.Add((method.Module, method.MetadataToken)))
                _pending.Enqueue(method);
        }
    }

    // The method that has this one as the body of its task or iterator.
    private static MethodInfo? FindStart(MethodBase body) => body.DeclaringType?.DeclaringType?
        .GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .FirstOrDefault(method => MethodCode.FindStateMachine(method) is { } machine
            && machine.MetadataToken == body.DeclaringType.MetadataToken);
}
