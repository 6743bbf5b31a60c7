using System.Reflection;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Writes the body of one manifest.</summary>
/// <remarks><see cref="ManifestModules"/> collects the modules that it names.</remarks>
internal sealed partial class ManifestWriter : IDisposable
{
    private readonly ManifestModules _modules;
    private readonly PayloadSerializer _serializer;
    private readonly ICollection<CheckedValue>? _values;
    private readonly PayloadContext _captures;
    private readonly Dictionary<Type, int> _types = [];
    private readonly List<Delegate> _inner = [];
    private Dictionary<object, Written>? _closures;
    private Dictionary<Delegate, int>? _delegates;
    private string _function = "The function";
    private PayloadWriter _bytes = new();
    private int _depth;

    public ManifestWriter(ModuleCatalog catalog, PayloadSerializer serializer, ICollection<CheckedValue>? values = null) =>
        (_modules, _serializer, _values, _captures) = (new ManifestModules(catalog), serializer, values, serializer.BeginShared(this));

    private RecordWriter Body => new(_bytes);

    public void Dispose() => _bytes.Dispose();

    public void WriteTypes(IReadOnlyList<Type> types)
    {
        Body.WriteCount(types.Count);
        foreach (var type in types)
            WriteType(type);
    }

    public void WriteFunctions(IReadOnlyList<Delegate?> functions)
    {
        Body.WriteCount(functions.Count);
        foreach (var function in functions)
        {
            if (function is null)
                Body.WriteByte(ManifestTags.Null);
            else
                WriteFunction(function, variable: null);
        }
    }

    /// <param name="input">The type of the inputs; null for none.</param>
    public CodeManifest Finish(Type? input)
    {
        var captured = input is { IsValueType: false } && input != typeof(string) ? _captures.Graph.FindWritten(input) : null;
        return _modules.CreateManifest(_bytes.ToArray(), _inner, captured is { Count: > 0 } ? captured : null);
    }

    private void WriteType(Type type)
    {
        if (type.IsPrimitive && System.Type.GetTypeCode(type) is not TypeCode.Object and var code)
        {
            Body.WriteByte((byte)(ManifestTags.TypePrimitive + (byte)code));
            return;
        }
        if (_types.TryGetValue(type, out var number))
        {
            Body.WriteByte(ManifestTags.TypeRepeated);
            Body.WriteInt32(number);
            return;
        }
        if (type.IsByRef || type.IsPointer || type.IsFunctionPointer
            || type.ContainsGenericParameters && !type.IsGenericTypeDefinition || type.IsGenericParameter)
        {
            throw new FunctionNotShippableException(
                $"[{_function}] has the type [{type}] in its signature, which cannot be sent to another process.", _function);
        }
        if (type.IsArray)
        {
            Body.WriteByte(type.IsSZArray ? ManifestTags.TypeArray : ManifestTags.TypeMatrix);
            if (!type.IsSZArray)
                Body.WriteInt32(type.GetArrayRank());
            WriteType(type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            Body.WriteByte(ManifestTags.TypeGeneric);
            WriteType(type.GetGenericTypeDefinition());
            var arguments = type.GetGenericArguments();
            WriteTypes(arguments);
        }
        else if (HostAssemblies.IsHost(type.Assembly))
        {
            Body.WriteByte(ManifestTags.TypeOfHost);
            var assembly = HostAssemblies.GetName(type.Assembly);
            Body.WriteString(type.Assembly == typeof(object).Assembly ? "" : assembly);
            Body.WriteString(type.FullName!);
        }
        else
        {
            Body.WriteByte(ManifestTags.TypeOfModule);
            Body.WriteInt32(_modules.GetIndex(type.Assembly, _function));
            Body.WriteInt32(type.MetadataToken & 0xFFFFFF);
        }
        // Numbered after its parts, because the reader reads these first.
        _types[type] = _types.Count;
    }

    private void WriteFunction(Delegate function, string? variable)
    {
        if (_delegates?.TryGetValue(function, out var number) is true)
        {
            Body.WriteByte(ManifestTags.FunctionRepeated);
            Body.WriteInt32(number);
            return;
        }
        var outer = _function;
        if (!function.HasSingleTarget)
        {
            throw CreateError(
                variable, "it is a delegate of several methods, and all results except the last would be lost. Call them in one lambda.");
        }
        if (FindOrigin(function) is { } origin)
            throw CreateError(variable, origin);
        var (method, target) = (function.Method, function.Target);
        var analysis = CaptureAnalysis.For(method);
        _function = analysis.Name;
        if (FindProblem(function) is { } problem)
            throw CreateError(variable, problem);
        if (++_depth > ManifestTags.MaxDepth)
            throw CreateError(variable, $"its captured delegates hold each other more than [{ManifestTags.MaxDepth}] deep. "
                + "Hold them in a list or in objects, which may be of any depth.");

        Body.WriteByte(ManifestTags.Function);
        WriteType(function.GetType());
        WriteMethod(method, variable);
        _delegates ??= new Dictionary<Delegate, int>(ReferenceEqualityComparer.Instance);
        _delegates[function] = _delegates.Count;
        if (target is null)
            Body.WriteByte(ManifestTags.Null);
        else if (analysis.TargetIsClosure || analysis.TargetIsThis && IsSentByFields(target, analysis))
            WriteClosure(target, analysis, analysis.TargetIsThis ? null : "");
        else if (analysis.TargetIsThis)
            WriteWholeObject(typeof(object), target, analysis);
        else
            WriteValue(typeof(object), target, analysis, method.IsStatic ? "the first argument" : "the object of the method");
        _depth--;
        _function = outer;
    }

    // Why nothing is known about a function but that it can be called.
    private static string? FindOrigin(Delegate function) =>
        function.Method is not { DeclaringType: not null, Module.Assembly.IsDynamic: false } method
        || method.GetType().FullName is not "System.Reflection.RuntimeMethodInfo"
            ? "it was generated at run time (a compiled expression or a dynamic method), and there is no assembly to send. "
                + "Write it as a lambda or a method."
            : null;

    private static string? FindProblem(Delegate function)
    {
        var (method, owner) = (function.Method, function.Method.DeclaringType!);
        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            return "it is a native function, without code to send. Call it from a lambda: the libraries of packages come with that.";
        if (owner.IsByRefLike || function.Target is null && !method.IsStatic && owner.IsValueType)
            return $"it is a method of [{TypeText.Format(owner)}], which is passed by reference. Call it from a lambda.";
        if (function.Target is null && method.IsStatic
            && method.GetParameters().Length != function.GetType().GetMethod("Invoke")!.GetParameters().Length)
            return $"its first argument is set to null ([{method.Name}] called on null). Call it from a lambda.";
        return function.Target is { } target && IsOverridden(method, target.GetType())
            ? $"it is the method [{method.Name}] of the base class, which [{TypeText.Format(target.GetType())}] overrides. "
                + "Call it from a lambda."
            : null;
    }

    // A delegate of base.Method calls that very method; one that is made by reflection would call what overrides it.
    private static bool IsOverridden(MethodInfo method, Type type)
    {
        if (!method.IsVirtual || method.IsFinal || method.IsStatic || method.DeclaringType is not { IsInterface: false } owner)
            return false;
        for (var level = type; level is not null && level != owner; level = level.BaseType)
        {
            var overriding = Array.Exists(
                level.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly),
                one => one.IsVirtual && one.GetBaseDefinition() == method.GetBaseDefinition());
            if (overriding)
                return true;
        }
        return false;
    }

    private void WriteMethod(MethodInfo method, string? variable)
    {
        var owner = method.DeclaringType!;
        if (HostAssemblies.IsHost(owner.Assembly))
        {
            if (!method.IsPublic || !owner.IsVisible)
            {
                throw CreateError(
                    variable,
                    $"[{owner}.{method.Name}] is not a public method, and other versions of its library may lack it. "
                    + "Call what you need from a lambda.");
            }
            Body.WriteByte(ManifestTags.MethodOfHost);
            WriteType(owner);
            Body.WriteString(method.Name);
            WriteTypes(method.IsGenericMethod ? method.GetGenericArguments() : []);
            WriteTypes([.. method.GetParameters().Select(p => p.ParameterType)]);
            WriteTypes(method.ReturnType == typeof(void) ? [] : [method.ReturnType]);
            return;
        }
        Body.WriteByte(ManifestTags.MethodOfModule);
        WriteType(owner);
        Body.WriteInt32(method.MetadataToken & 0xFFFFFF);
        WriteTypes(method.IsGenericMethod ? method.GetGenericArguments() : []);
    }

    // The object behind `this`: unless a captured value holds it as well, which then is the same object there.
    private bool IsSentByFields(object target, CaptureAnalysis analysis) =>
        !analysis.UsesWholeThis && ComesFromModules(target.GetType()) && !_captures.Graph.IsKnown(target);

    // Fields can be set one by one only if both sides have the same build of the type, and no reference shares memory with another field.
    private static bool ComesFromModules(Type? type)
    {
        if (type is not null && FieldOverlap.Find(type) is not null)
            return false;
        for (; type is not null && type != typeof(object); type = type.BaseType)
        {
            if (HostAssemblies.IsHost(type.Assembly))
                return false;
        }
        return true;
    }

    private void WriteClosure(object closure, CaptureAnalysis analysis, string? path) =>
        WriteClosure(closure, analysis.GetFields(closure.GetType()), analysis, path);

    private void WriteClosure(object closure, FieldInfo[] read, CaptureAnalysis analysis, string? path)
    {
        var fields = BeginClosure(closure, read);
        if (++_depth > ManifestTags.MaxDepth)
            throw CreateError(null, $"its closures hold each other more than [{ManifestTags.MaxDepth}] deep.");
        Body.WriteCount(fields.Length);
        foreach (var field in fields)
        {
            Start(closure, field);
            WriteField(field, closure.GetType());
            var value = field.GetValue(closure);
            var name = CompilerNames.FindVariable(field);
            var isThis = CompilerNames.IsThis(field);
            if (value is null)
                Body.WriteByte(ManifestTags.Null);
            else if (CompilerNames.IsClosure(field.FieldType) || isThis && IsSentByFields(value, analysis))
                WriteClosure(value, analysis, isThis ? null : path);
            else if (isThis)
                WriteWholeObject(field.FieldType, value, analysis);
            else if (value is Delegate { HasSingleTarget: true } function)
                WriteFunction(function, name);
            else
                WriteValue(field.FieldType, value, analysis, path is null ? $"this.{name}" : name ?? field.Name);
        }
        _depth--;
    }

    /// <summary>Writes which closure comes next.</summary>
    /// <returns>Of the fields that its function reads, those whose writing has not begun yet.</returns>
    private FieldInfo[] BeginClosure(object closure, FieldInfo[] fields)
    {
        _closures ??= new Dictionary<object, Written>(ReferenceEqualityComparer.Instance);
        if (_closures.TryGetValue(closure, out var written))
        {
            // Another function on the same closure may read fields that the earlier one does not read.
            Body.WriteByte(ManifestTags.ClosureRepeated);
            Body.WriteInt32(written.Number);
            fields = Array.FindAll(fields, f => !written.Started.Contains(f));
        }
        else
        {
            _closures[closure] = written = new Written(_closures.Count);
            Body.WriteByte(ManifestTags.Closure);
            WriteType(closure.GetType());
        }
        return fields;
    }

    // From now on, no function on the same closure writes the field. One inside an earlier field may have done so already, since it must
    // not be called without it while that field is read: then it is written twice.
    private void Start(object closure, FieldInfo field) => _closures![closure].Started.Add(field);

    // An object of which a function takes single fields, and which is now needed as a whole.
    private bool TryWriteAsClosure(object value, CaptureAnalysis analysis)
    {
        if (_closures?.ContainsKey(value) is not true)
            return false;
        WriteClosure(value, TypeFields.Get(value.GetType()), analysis, path: null);
        return true;
    }

    private void WriteField(FieldInfo field, Type type)
    {
        Body.WriteInt32(GetLevel(field, type));
        Body.WriteString(field.Name);
    }

    private static int GetLevel(FieldInfo field, Type type)
    {
        var level = 0;
        for (var at = type; at != field.DeclaringType; at = at.BaseType!)
            level++;
        return level;
    }

    private void WriteWholeObject(Type declared, object value, CaptureAnalysis analysis)
    {
        if (TryWriteAsClosure(value, analysis))
            return;
        var type = value.GetType();
        if (FindRefusal(type) is { } refusal)
        {
            throw new FunctionNotShippableException(
                $"[{analysis.Name}] cannot run in another process: it uses its object [this], a [{TypeText.Format(type)}], "
                + $"for more than reading fields, so that the whole object would be sent, {refusal.Reason}. "
                + $"Copy the fields that it needs into local variables and capture those, or make its method static. {refusal.Advice}",
                analysis.Name, "this", type);
        }
        WritePayload(declared, type, value, "this");
    }

    private void WriteValue(Type declared, object value, CaptureAnalysis analysis, string variable)
    {
        if (TryWriteAsClosure(value, analysis))
            return;
        var type = value.GetType();
        if (FindRefusal(type) is { } refusal)
        {
            var reason = refusal.Reason.Length == 0 ? ", which belongs to this process" : $", {refusal.Reason}";
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: it reads the captured variable [{variable}] "
                + $"of type [{TypeText.Format(type)}]{reason}. {refusal.Advice}",
                _function, variable, type);
        }
        WritePayload(declared, type, value, variable);
    }

    private (string Reason, string Advice)? FindRefusal(Type type)
    {
        if (_serializer.Conversions.Find(type) is not null)
            return null;
        if (ProcessBoundTypes.Find(type) is { } bound)
            return ("", bound.Advice);
        // A field whose type is converted may hold anything.
        if (_serializer.Conversions.IsEmpty && HeldField.Find(type) is { } held)
            return ($"and its field [{held.Path}] holds a [{TypeText.Format(held.Type)}], which belongs to this process", held.Advice);
        return null;
    }

    private void WritePayload(Type declared, Type type, object value, string variable)
    {
        // The declared type, because a value may have one that no one can name; what the value is, is in the payload.
        if (!HostAssemblies.IsHost(type.Assembly))
            _modules.GetIndex(type.Assembly, _function);
        Body.WriteByte(ManifestTags.Payload);
        using var payload = new PayloadWriter();
        try
        {
            _serializer.WriteShared(payload, Nullable.GetUnderlyingType(declared) ?? declared, value, _captures);
        }
        catch (PayloadException e)
        {
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: the captured variable [{variable}] of type [{TypeText.Format(type)}] "
                + $"cannot be sent. {e.Message} {ProcessBoundTypes.Advice}",
                _function, variable, type, e);
        }
        if (payload.Length > Array.MaxLength - _bytes.Length - 16)
        {
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: with the captured variable [{variable}] of type [{TypeText.Format(type)}] "
                + "its captured values have more than 2 GB. Send them with BroadcastAsync.",
                _function, variable, type);
        }
        _values?.Add(new CheckedValue(variable, TypeText.Format(type), payload.Length));
        Body.WriteBytes(payload);
    }

    private FunctionNotShippableException CreateError(string? variable, string reason) => variable is null
        ? new($"[{_function}] cannot run in another process: {reason}", _function)
        : new(
            $"[{_function}] cannot run in another process, because of the delegate in the captured variable [{variable}]: {reason}",
            _function, variable, typeof(Delegate));

    private sealed class Written(int number)
    {
        public int Number { get; } = number;

        public HashSet<FieldInfo> Started { get; } = [];
    }
}
