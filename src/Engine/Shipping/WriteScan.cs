using System.Collections;
using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Follows captured variables and statics through the methods that a function reaches.</summary>
/// <remarks>
/// Each method is run over origins in place of values until no argument, local variable or field of the compiler's own objects changes its
/// origin. A variable with two origins has none, so that only what is certain is found. Code that is written inside the function counts in
/// full. Of other methods of the program that it calls, only what adds to a variable counts: they may use it as a cache or for a while.
/// </remarks>
internal sealed partial class WriteScan
{
    private const int MaxPasses = 16;
    private const int MaxInstructions = 8_000;

    private readonly Dictionary<(Module, int), MethodScan?> _methods = [];
    private readonly List<MethodScan> _order = [];
    private readonly Dictionary<(Module, int), Origin?> _fields = [];
    private readonly Dictionary<MethodBase, Accessor?> _accessors = [];
    private readonly bool _acrossModules;
    private int _instructions;
    private bool _hasChanged;

    /// <param name="method">The function.</param>
    /// <param name="acrossModules">Whether the methods that it calls in other modules count, too.</param>
    /// <param name="isAction">Whether it returns nothing for its inputs, so that what it does to them is lost.</param>
    public WriteScan(MethodInfo method, bool acrossModules, bool isAction = false)
    {
        _acrossModules = acrossModules;
        Made = new MadeObjects();
        if (HostAssemblies.IsHost(method.Module.Assembly))
            return;
        var arguments = new Origin?[CountArguments(method)];
        Array.Fill(arguments, Origin.Unknown);
        if (isAction)
            AddInputs(method, arguments);
        if (!method.IsStatic)
            arguments[0] = IsCompilers(method.DeclaringType) ? Origin.Closure : Origin.ValueOf(new Place("this", null), typeof(object));
        Run(method, arguments, isWritten: method.IsStatic || IsWrittenInside(method));
    }

    private void Run(MethodBase method, Origin?[] arguments, bool isWritten)
    {
        Enter(method, arguments, isWritten, isMuted: false);
        for (var pass = 0; pass == 0 || _hasChanged; pass++)
        {
            if (pass == MaxPasses)
            {
                Found.Forget();
                return;
            }
            _hasChanged = false;
            Found.Clear();
            for (var i = 0; i < _order.Count; i++) // grows
            {
                _order[i].Run();
                if (i == _order.Count - 1)
                    EnterMade();
            }
        }
    }

    public WriteFindings Found { get; } = new();

    /// <summary>The objects that the function makes; null for the program.</summary>
    public MadeObjects? Made { get; }

    /// <summary>Whether this is the scan of the function itself.</summary>
    public bool IsFirst(MethodScan one) => one == _order[0];

    /// <summary>Whether the function reaches a method.</summary>
    public bool Reaches(MethodBase method) => _methods.ContainsKey((method.Module, method.MetadataToken));

    /// <summary>Whether a type is the compiler's class for captured variables or state.</summary>
    /// <remarks>One inside another has no attribute that says so. That of F# has an @ in its name.</remarks>
    public static bool IsCompilers(Type? type) =>
        type is { IsNested: true }
        && (type.Name.StartsWith('<') || type.Name.Contains('@', StringComparison.Ordinal) || CompilerNames.IsClosure(type));

    /// <summary>Whether a type is a closure of F#, whose methods override others.</summary>
    public static bool IsFSharpClosure(Type? type) => IsCompilers(type) && type!.Name.Contains('@', StringComparison.Ordinal);

    /// <summary>Whether a method's code stands inside the function that creates it.</summary>
    public static bool IsWrittenInside(MethodBase method) => CompilerNames.IsLambda(method) || IsCompilers(method.DeclaringType);

    /// <summary>Follows a call or a mention of a method.</summary>
    /// <returns>What it returns, where that comes from a place; null for others.</returns>
    public Origin? Follow(MethodScan from, MethodBase callee, ReadOnlySpan<Origin?> arguments, bool isVirtual)
    {
        if (!CanFollow(from.Method.Module, callee.DeclaringType) || IsOfProgram && !Concerns(callee, arguments))
        {
            Found.Escape(arguments);
            return null;
        }
        var isWritten = IsWrittenInside(callee);
        var isMuted = from.IsMuted || IsOfProgram && IsSilent(callee, arguments);
        if (isWritten || !isVirtual || !callee.IsVirtual || callee.IsFinal || callee.DeclaringType is { IsSealed: true })
            return Enter(callee, arguments, isWritten && from.IsWritten, isMuted)?.Returned is { Changed: not null } result ? result : null;
        if (IsOfProgram)
            return FollowOverrides(callee, arguments, isMuted);
        Found.Escape(arguments);
        return null;
    }

    /// <summary>Follows all methods of an object that the compiler made for the function.</summary>
    /// <remarks>F# calls its closures by methods that they override.</remarks>
    public void FollowAll(MethodScan from, Type type)
    {
        if (!IsOfProgram && CanFollow(from.Method.Module, type))
            EnterAll(type, from.IsWritten, from.IsMuted);
    }

    public Accessor? FindAccessor(MethodBase method)
    {
        if (!_accessors.TryGetValue(method, out var accessor))
            _accessors[method] = accessor = Accessor.Find(method);
        return accessor;
    }

    public Origin? GetField(FieldInfo field) =>
        _fields.TryGetValue((field.Module, field.MetadataToken), out var origin) ? origin : null;

    public void SetField(FieldInfo field, Origin? value)
    {
        var key = (field.Module, field.MetadataToken);
        _fields[key] = Merge(_fields.GetValueOrDefault(key), value);
        _hasHolders |= IsFilled(value);
    }

    public Origin? Merge(Origin? known, Origin? value)
    {
        var joined = Join(known, value);
        _hasChanged |= joined != known;
        return joined;
    }

    private bool CanFollow(Module from, Type? type) =>
        type is not null && !typeof(Delegate).IsAssignableFrom(type)
        && (type.Module == from
            || !HostAssemblies.IsHost(type.Assembly) && (_acrossModules || ProgramAssemblies.Contains(type.Assembly)));

    private static void AddInputs(MethodInfo method, Origin?[] arguments)
    {
        foreach (var parameter in method.GetParameters())
        {
            if (StaticFields.MayChange(parameter.ParameterType) && !HostAssemblies.IsHost(parameter.ParameterType.Assembly)
                || parameter.ParameterType.IsArray || typeof(IEnumerable).IsAssignableFrom(parameter.ParameterType))
            {
                arguments[parameter.Position + (method.IsStatic ? 0 : 1)] =
                    Origin.ValueOf(new Place(parameter.Name ?? "input", null, IsInput: true), parameter.ParameterType);
            }
        }
    }

    // Only what these read is certain: they may never be called.
    private void EnterMade()
    {
        foreach (var method in Made?.Take() ?? [])
        {
            if (!CanFollow(_order[0].Method.Module, method.DeclaringType))
                continue;
            var arguments = new Origin?[CountArguments(method)];
            Array.Fill(arguments, Origin.Unknown);
            Enter(method, arguments, isWritten: false, isMuted: true);
        }
    }

    private static int CountArguments(MethodBase method) => method.GetParameters().Length + (method.IsStatic ? 0 : 1);

    private MethodScan? Enter(MethodBase method, ReadOnlySpan<Origin?> arguments, bool isWritten, bool isMuted)
    {
        var key = (method.Module, method.MetadataToken);
        if (!_methods.TryGetValue(key, out var scan))
        {
            var code = MethodCode.Read(method);
            if (code is not null && (isWritten || _instructions + code.Code.Count <= MaxInstructions))
            {
                _instructions += code.Code.Count;
                scan = new MethodScan(this, method, code, CountArguments(method), isWritten) { IsMuted = isMuted };
                _order.Add(scan);
                _hasChanged = true;
            }
            _methods[key] = scan;
            // What an async method or iterator of the user's does is not written inside the function.
            if (MethodCode.FindStateMachine(method) is { } machine)
                EnterAll(machine, isWritten, isMuted);
        }
        if (scan is { IsMuted: true } && !isMuted)
        {
            scan.IsMuted = false;
            _hasChanged = true;
        }
        scan?.AddArguments(arguments);
        return scan;
    }

    private void EnterAll(Type type, bool isWritten, bool isMuted)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var method in type.GetMethods(Own))
        {
            var arguments = new Origin?[CountArguments(method)];
            Array.Fill(arguments, Origin.Unknown);
            arguments[0] = Origin.Fresh;
            Enter(method, arguments, isWritten, isMuted);
        }
    }
}
