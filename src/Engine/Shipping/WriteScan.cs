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
internal sealed class WriteScan
{
    private const int MaxPasses = 16;
    private const int MaxInstructions = 8_000;

    private readonly Dictionary<(Module, int), MethodScan?> _methods = [];
    private readonly List<MethodScan> _order = [];
    private readonly Dictionary<(Module, int), Origin?> _fields = [];
    private readonly Dictionary<MethodBase, Accessor?> _accessors = [];
    private readonly bool _acrossModules;
    private readonly FieldInfo? _filled;
    private readonly Func<MethodBase, bool>? _isOfFunction;
    private int _instructions;
    private bool _hasChanged;

    /// <param name="method">The function.</param>
    /// <param name="acrossModules">Whether the methods that it calls in other modules count, too.</param>
    /// <param name="isAction">Whether it returns nothing for its inputs, so that what it does to them is lost.</param>
    public WriteScan(MethodInfo method, bool acrossModules, bool isAction = false)
        : this(acrossModules, filled: null, isOfFunction: null)
    {
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

    private WriteScan(bool acrossModules, FieldInfo? filled, Func<MethodBase, bool>? isOfFunction) =>
        (_acrossModules, _filled, _isOfFunction) = (acrossModules, filled, isOfFunction);

    /// <summary>Scans a method of the program, and those to which it passes a field's object.</summary>
    /// <param name="method">The method.</param>
    /// <param name="filled">A static field.</param>
    /// <param name="isOfFunction">Whether the function reaches a method, so that it does the same by itself.</param>
    public static WriteScan ForProgram(MethodBase method, FieldInfo filled, Func<MethodBase, bool> isOfFunction)
    {
        var scan = new WriteScan(acrossModules: false, filled, isOfFunction);
        var arguments = new Origin?[CountArguments(method)];
        Array.Fill(arguments, Origin.Unknown);
        scan.Run(method, arguments, isWritten: true);
        return scan;
    }

    private void Run(MethodBase method, Origin?[] arguments, bool isWritten)
    {
        Enter(method, arguments, isWritten);
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
                _order[i].Run();
        }
    }

    public WriteFindings Found { get; } = new();

    /// <summary>Whether the program is scanned, and not the function.</summary>
    /// <remarks>A method that sets a field to what it is given sets up an object; inside a function it may do so for a while.</remarks>
    public bool IsOfProgram => _filled is not null;

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
    public void Follow(MethodScan from, MethodBase callee, ReadOnlySpan<Origin?> arguments, bool isVirtual)
    {
        if (!CanFollow(from.Method.Module, callee.DeclaringType))
            return;
        if (_isOfFunction is not null && (!HasFilled(arguments) || _isOfFunction(callee)))
            return;
        var isWritten = IsWrittenInside(callee);
        if (isWritten || !isVirtual || !callee.IsVirtual || callee.IsFinal || callee.DeclaringType is { IsSealed: true })
            Enter(callee, arguments, isWritten && from.IsWritten);
    }

    /// <summary>Follows all methods of an object that the compiler made for the function.</summary>
    /// <remarks>F# calls its closures by methods that they override.</remarks>
    public void FollowAll(MethodScan from, Type type)
    {
        if (!IsOfProgram && CanFollow(from.Method.Module, type))
            EnterAll(type, from.IsWritten);
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
    }

    public Origin? Merge(Origin? known, Origin? value)
    {
        var joined = Origin.Join(known, value);
        _hasChanged |= joined != known;
        return joined;
    }

    private bool CanFollow(Module from, Type? type) =>
        type is not null && !typeof(Delegate).IsAssignableFrom(type)
        && (type.Module == from
            || !HostAssemblies.IsHost(type.Assembly) && (_acrossModules || ProgramAssemblies.Contains(type.Assembly)));

    private bool HasFilled(ReadOnlySpan<Origin?> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument?.Changed?.Static is { } field && field.MetadataToken == _filled!.MetadataToken && field.Module == _filled.Module)
                return true;
        }
        return false;
    }

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

    private static int CountArguments(MethodBase method) => method.GetParameters().Length + (method.IsStatic ? 0 : 1);

    private void Enter(MethodBase method, ReadOnlySpan<Origin?> arguments, bool isWritten)
    {
        var key = (method.Module, method.MetadataToken);
        if (!_methods.TryGetValue(key, out var scan))
        {
            var code = MethodCode.Read(method);
            if (code is not null && (isWritten || _instructions + code.Code.Count <= MaxInstructions))
            {
                _instructions += code.Code.Count;
                scan = new MethodScan(this, method, code, CountArguments(method), isWritten);
                _order.Add(scan);
                _hasChanged = true;
            }
            _methods[key] = scan;
            // What an async method or iterator of the user's does is not written inside the function.
            if (!IsOfProgram && MethodCode.FindStateMachine(method) is { } machine)
                EnterAll(machine, isWritten);
        }
        scan?.AddArguments(arguments);
    }

    private void EnterAll(Type type, bool isWritten)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var method in type.GetMethods(Own))
        {
            var arguments = new Origin?[CountArguments(method)];
            Array.Fill(arguments, Origin.Unknown);
            arguments[0] = Origin.Fresh;
            Enter(method, arguments, isWritten);
        }
    }
}
