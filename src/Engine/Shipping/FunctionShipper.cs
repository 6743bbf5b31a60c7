using System.Reflection;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Turns types and functions into references that another process resolves: the client's half of <see cref="CodeContext"/>.</summary>
/// <remarks>
/// A method is its assembly, module version id and metadata token, so that the node runs the very build that the caller runs, whatever it is named. With it go the values
/// that it captured and reads. Static fields do not travel: a node's are those that their initializers made there.
/// </remarks>
internal static class FunctionShipper
{
    /// <exception cref="FunctionNotShippableException">A function, or what it captured, cannot run in another process.</exception>
    public static CodeManifest Describe(IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer)
    {
        var writer = new ManifestWriter(ModuleCatalog.Shared, serializer);
        writer.Types(types);
        writer.Functions(functions);
        return writer.Finish();
    }
}

/// <summary>Writes the body of one manifest, and collects the modules that it names.</summary>
internal sealed class ManifestWriter(ModuleCatalog catalog, PayloadSerializer serializer)
{
    private readonly ByteWriter _body = new();
    private readonly Dictionary<Type, int> _types = [];
    private readonly List<ModuleClosure> _roots = [];
    private readonly Dictionary<Assembly, int> _modules = [];
    private readonly List<ModuleIdentity> _identities = [];
    private readonly List<int[]> _references = [];
    private Dictionary<object, Written>? _closures;
    private Dictionary<Delegate, int>? _delegates;
    private string _function = "The function";
    private int _depth;

    public void Types(IReadOnlyList<Type> types)
    {
        _body.Number(types.Count);
        foreach (var type in types)
            Type(type);
    }

    public void Functions(IReadOnlyList<Delegate?> functions)
    {
        _body.Number(functions.Count);
        foreach (var function in functions)
        {
            if (function is null)
                _body.Byte(ManifestTags.Null);
            else
                Function(function, variable: null);
        }
    }

    public CodeManifest Finish()
    {
        if (_roots is [var only])
            return new CodeManifest(_body.Written, only.Identities, only.References, only.Requirements);
        var requirements = new Dictionary<string, ModuleReference>(StringComparer.Ordinal);
        foreach (var requirement in _roots.SelectMany(r => r.Requirements))
        {
            if (!requirements.TryGetValue(requirement.Name, out var other) || other.Version < requirement.Version)
                requirements[requirement.Name] = requirement;
        }
        return new CodeManifest(_body.Written, _identities, _references, [.. requirements.Values]);
    }

    private int Module(Assembly assembly)
    {
        if (_modules.TryGetValue(assembly, out var known))
            return known;
        var closure = catalog.ClosureOf(assembly);
        if (_roots.Count == 0)
        {
            // The only one for most functions: its lists are used as they are, unless another comes.
            _roots.Add(closure);
            return _modules[assembly] = 0;
        }
        if (_identities.Count == 0)
        {
            _identities.AddRange(_roots[0].Identities);
            _references.AddRange(_roots[0].References);
        }
        var root = _identities.FindIndex(i => i.Mvid == closure.Identities[0].Mvid);
        if (root < 0)
        {
            root = _identities.Count;
            Add(closure);
        }
        return _modules[assembly] = root;
    }

    private void Add(ModuleClosure closure)
    {
        _roots.Add(closure);
        var positions = new int[closure.Identities.Count];
        var isNew = new bool[positions.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            var identity = closure.Identities[i];
            positions[i] = _identities.FindIndex(k => k.Mvid == identity.Mvid);
            if (positions[i] >= 0)
                continue;
            if (_identities.Find(k => string.Equals(k.Name, identity.Name, StringComparison.Ordinal)) is { } other)
                throw new FunctionNotShippableException($"[{_function}] needs two builds of the assembly [{identity.Name}], [{other}] and [{identity}]: a node cannot hold both for one client.", _function);
            (positions[i], isNew[i]) = (_identities.Count, true);
            _identities.Add(identity);
        }
        for (var i = 0; i < positions.Length; i++)
        {
            if (isNew[i])
                _references.Add([.. closure.References[i].Select(r => positions[r])]);
        }
    }

    private void Type(Type type)
    {
        if (type.IsPrimitive && System.Type.GetTypeCode(type) is not TypeCode.Object and var code)
        {
            _body.Byte((byte)(ManifestTags.TypePrimitive + (byte)code));
            return;
        }
        if (_types.TryGetValue(type, out var before))
        {
            _body.Byte(ManifestTags.TypeBefore);
            _body.Number(before);
            return;
        }
        if (type.IsByRef || type.IsPointer || type.IsFunctionPointer || type.ContainsGenericParameters && !type.IsGenericTypeDefinition || type.IsGenericParameter)
            throw new FunctionNotShippableException($"[{_function}] has the type [{type}] in its signature, which cannot travel.", _function);
        if (type.IsArray)
        {
            _body.Byte(type.IsSZArray ? ManifestTags.TypeArray : ManifestTags.TypeMatrix);
            if (!type.IsSZArray)
                _body.Number(type.GetArrayRank());
            Type(type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            _body.Byte(ManifestTags.TypeGeneric);
            Type(type.GetGenericTypeDefinition());
            var arguments = type.GetGenericArguments();
            _body.Number(arguments.Length);
            foreach (var argument in arguments)
                Type(argument);
        }
        else if (HostAssemblies.IsHost(type.Assembly))
        {
            _body.Byte(ManifestTags.TypeOfHost);
            var assembly = HostAssemblies.NameOf(type.Assembly);
            _body.Text(type.Assembly == typeof(object).Assembly ? "" : assembly);
            _body.Text(type.FullName!);
        }
        else
        {
            _body.Byte(ManifestTags.TypeOfModule);
            _body.Number(Module(type.Assembly));
            _body.Number(type.MetadataToken & 0xFFFFFF);
        }
        // Numbered behind its parts, which the reader meets first.
        _types[type] = _types.Count;
    }

    private void Function(Delegate function, string? variable)
    {
        if (_delegates?.TryGetValue(function, out var before) is true)
        {
            _body.Byte(ManifestTags.FunctionBefore);
            _body.Number(before);
            return;
        }
        var outer = _function;
        if (!function.HasSingleTarget)
            throw Refused(variable, "it is a delegate of several methods, whose results but the last would be lost. Call them in one lambda.");
        var method = function.Method;
        if (method.DeclaringType is not { } owner || method.Module.Assembly.IsDynamic || method.GetType().FullName is not "System.Reflection.RuntimeMethodInfo")
            throw Refused(variable, "it was generated at run time (a compiled expression or a dynamic method), and there is no assembly to send. Write it as a lambda or a method.");
        var analysis = CaptureAnalysis.Of(method);
        _function = analysis.Name;
        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            throw Refused(variable, "it is a native function, and native libraries do not travel. Call it from a lambda, on nodes that have the library.");
        var target = function.Target;
        if (owner.IsByRefLike || target is null && !method.IsStatic && owner.IsValueType)
            throw Refused(variable, $"it is a method of [{CompilerNames.TypeOf(owner)}], which is handed over by reference. Call it from a lambda.");
        if (++_depth > ManifestTags.MaxDepth)
            throw Refused(variable, $"its captured delegates hold each other more than [{ManifestTags.MaxDepth}] deep.");

        _body.Byte(ManifestTags.Function);
        Type(function.GetType());
        Method(method, owner, variable);
        _delegates ??= new Dictionary<Delegate, int>(ReferenceEqualityComparer.Instance);
        _delegates[function] = _delegates.Count;
        if (target is null)
            _body.Byte(ManifestTags.Null);
        else if (analysis.TargetIsClosure || analysis.TargetIsThis && !analysis.UsesThisWhole && IsModules(target.GetType()))
            Closure(target, analysis, analysis.TargetIsThis ? null : "");
        else if (analysis.TargetIsThis)
            Whole(typeof(object), target, analysis);
        else
            Value(typeof(object), target, method.IsStatic ? "the first argument" : "the object of the method");
        _depth--;
        _function = outer;
    }

    private void Method(MethodInfo method, Type owner, string? variable)
    {
        if (HostAssemblies.IsHost(owner.Assembly))
        {
            if (!method.IsPublic || !owner.IsVisible)
                throw Refused(variable, $"[{owner}.{method.Name}] is not a public method, and other versions of its library need not have it. Call what you need from a lambda.");
            _body.Byte(ManifestTags.MethodOfHost);
            Type(owner);
            _body.Text(method.Name);
            Types(method.IsGenericMethod ? method.GetGenericArguments() : []);
            Types([.. method.GetParameters().Select(p => p.ParameterType)]);
            Types(method.ReturnType == typeof(void) ? [] : [method.ReturnType]);
            return;
        }
        _body.Byte(ManifestTags.MethodOfModule);
        Type(owner);
        _body.Number(method.MetadataToken & 0xFFFFFF);
        Types(method.IsGenericMethod ? method.GetGenericArguments() : []);
    }

    // Fields can be set one by one where the type comes from the same build on both sides.
    private static bool IsModules(Type? type)
    {
        for (; type is not null && type != typeof(object); type = type.BaseType)
        {
            if (HostAssemblies.IsHost(type.Assembly))
                return false;
        }
        return true;
    }

    private void Closure(object closure, CaptureAnalysis analysis, string? path)
    {
        _closures ??= new Dictionary<object, Written>(ReferenceEqualityComparer.Instance);
        var fields = analysis.FieldsOf(closure.GetType());
        if (_closures.TryGetValue(closure, out var written))
        {
            // Another function on the same closure may read fields that the first one did not.
            _body.Byte(ManifestTags.ClosureBefore);
            _body.Number(written.Number);
            fields = Array.FindAll(fields, f => !written.Fields.Contains(f));
        }
        else
        {
            _closures[closure] = written = new Written(_closures.Count);
            _body.Byte(ManifestTags.Closure);
            Type(closure.GetType());
        }
        if (++_depth > ManifestTags.MaxDepth)
            throw Refused(null, $"its closures hold each other more than [{ManifestTags.MaxDepth}] deep.");
        written.Fields.UnionWith(fields);
        _body.Number(fields.Length);
        foreach (var field in fields)
        {
            _body.Number(LevelOf(field, closure.GetType()));
            _body.Text(field.Name);
            var value = field.GetValue(closure);
            var name = CompilerNames.VariableOf(field);
            var isThis = CompilerNames.IsThis(field);
            if (value is null)
                _body.Byte(ManifestTags.Null);
            else if (CompilerNames.IsClosure(field.FieldType) || isThis && !analysis.UsesThisWhole && IsModules(value.GetType()))
                Closure(value, analysis, isThis ? null : path);
            else if (isThis)
                Whole(field.FieldType, value, analysis);
            else if (value is Delegate function)
                Function(function, name);
            else
                Value(field.FieldType, value, path is null ? $"this.{name}" : name ?? field.Name);
        }
        _depth--;
    }

    private static int LevelOf(FieldInfo field, Type type)
    {
        var level = 0;
        for (var at = type; at != field.DeclaringType; at = at.BaseType!)
            level++;
        return level;
    }

    private void Whole(Type declared, object value, CaptureAnalysis analysis)
    {
        var type = value.GetType();
        if (Refusal(type) is { } refusal)
        {
            throw new FunctionNotShippableException(
                $"[{analysis.Name}] cannot run in another process: it uses its object [this], a [{CompilerNames.TypeOf(type)}], for more than reading fields, so that the whole object would travel, "
                + $"{refusal.Why}. Copy the fields that it needs into local variables and capture those, or make its method static. {refusal.Advice}", analysis.Name, "this", type);
        }
        Payload(declared, type, value, "this");
    }

    private void Value(Type declared, object value, string variable)
    {
        var type = value.GetType();
        if (Refusal(type) is { } refusal)
        {
            var via = refusal.Why.Length == 0 ? ", which belongs to this process" : $", {refusal.Why}";
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: it reads the captured variable [{variable}] of type [{CompilerNames.TypeOf(type)}]{via}. {refusal.Advice}", _function, variable, type);
        }
        Payload(declared, type, value, variable);
    }

    private static (string Why, string Advice)? Refusal(Type type)
    {
        if (Unshippable.AdviceFor(type) is { } advice)
            return ("", advice);
        if (Unshippable.HeldBy(type) is { } held)
            return ($"and its field [{held.Path}] holds a [{CompilerNames.TypeOf(held.Type)}], which belongs to this process", held.Advice);
        return null;
    }

    private void Payload(Type declared, Type type, object value, string variable)
    {
        if (declared == type || Nullable.GetUnderlyingType(declared) == type)
        {
            _body.Byte(ManifestTags.Payload);
        }
        else
        {
            _body.Byte(ManifestTags.TypedPayload);
            Type(type);
        }
        using var payload = new PayloadWriter();
        try
        {
            serializer.WriteValue(payload, type, value);
        }
        catch (PayloadException e)
        {
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: the captured variable [{variable}] of type [{CompilerNames.TypeOf(type)}] cannot travel. {e.Message} {Unshippable.Advice}",
                _function, variable, type, e);
        }
        if (payload.Length > Array.MaxLength - _body.Length - 16)
        {
            throw new FunctionNotShippableException(
                $"[{_function}] cannot run in another process: with the captured variable [{variable}] of type [{CompilerNames.TypeOf(type)}] its captured values have more than 2 GB. Send them with BroadcastAsync.",
                _function, variable, type);
        }
        _body.Number(payload.Length);
        foreach (var segment in payload.Segments())
            segment.Span.CopyTo(_body.Take(segment.Length));
    }

    private FunctionNotShippableException Refused(string? variable, string why) => variable is null
        ? new($"[{_function}] cannot run in another process: {why}", _function)
        : new($"[{_function}] cannot run in another process, because of the delegate in the captured variable [{variable}]: {why}", _function, variable, typeof(Delegate));

    private sealed class Written(int number)
    {
        public int Number { get; } = number;

        public HashSet<FieldInfo> Fields { get; } = [];
    }
}
