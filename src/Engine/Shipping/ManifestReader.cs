using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Makes types and delegates of a manifest's body. Every reference is checked: the bytes may come from anybody who got through the handshake.</summary>
/// <remarks>
/// What it builds, it builds with reflection's own checks: a delegate must fit its method and its target, a value its field. Objects are made without
/// constructors and filled field by field only where their whole type, base types included, comes from modules; the runtime's own are left alone.
/// </remarks>
internal sealed class ManifestReader
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly SearchValues<char> s_typeSyntax = SearchValues.Create("[],*&\\");

    private readonly CodeContext _context;
    private readonly CodeManifest _manifest;
    private readonly ByteReader _body;
    private readonly List<Type> _types = [];
    private readonly List<object> _closures = [];
    private readonly List<Delegate> _delegates = [];
    private int _depth;

    public ManifestReader(CodeContext context, CodeManifest manifest) => (_context, _manifest, _body) = (context, manifest, new ByteReader(manifest.Body));

    public async ValueTask<(Type[] Types, Delegate?[] Functions)> ReadAsync(CancellationToken cancellationToken)
    {
        var types = Types();
        var functions = new Delegate?[_body.Count(int.MaxValue, leastBytes: 1)];
        for (var i = 0; i < functions.Length; i++)
        {
            functions[i] = _body.Byte() switch
            {
                ManifestTags.Null => null,
                ManifestTags.Function => await FunctionAsync(cancellationToken),
                ManifestTags.FunctionBefore => _delegates[_body.Below(_delegates.Count)],
                var tag => throw Unknown(tag, "function"),
            };
        }
        _body.End();
        return (types, functions);
    }

    private Type[] Types()
    {
        var types = new Type[_body.Count(int.MaxValue, leastBytes: 1)];
        for (var i = 0; i < types.Length; i++)
            types[i] = Type();
        return types;
    }

    private Type Type()
    {
        var tag = _body.Byte();
        if (tag >= ManifestTags.TypePrimitive)
            return PrimitiveOf((TypeCode)(tag - ManifestTags.TypePrimitive));
        if (tag == ManifestTags.TypeBefore)
            return _types[_body.Below(_types.Count)];
        Enter();
        var type = tag switch
        {
            ManifestTags.TypeOfHost => HostType(),
            ManifestTags.TypeOfModule => ModuleType(),
            ManifestTags.TypeGeneric => GenericType(),
            ManifestTags.TypeArray => ElementType().MakeArrayType(),
            ManifestTags.TypeMatrix => MatrixType(),
            _ => throw Unknown(tag, "type"),
        };
        _depth--;
        _types.Add(type);
        return type;
    }

    private static Type PrimitiveOf(TypeCode code) => code switch
    {
        TypeCode.Boolean => typeof(bool),
        TypeCode.Char => typeof(char),
        TypeCode.SByte => typeof(sbyte),
        TypeCode.Byte => typeof(byte),
        TypeCode.Int16 => typeof(short),
        TypeCode.UInt16 => typeof(ushort),
        TypeCode.Int32 => typeof(int),
        TypeCode.UInt32 => typeof(uint),
        TypeCode.Int64 => typeof(long),
        TypeCode.UInt64 => typeof(ulong),
        TypeCode.Single => typeof(float),
        TypeCode.Double => typeof(double),
        _ => throw new InvalidDataException($"[{(int)code}] is no primitive type."),
    };

    private Type HostType()
    {
        var assembly = _body.Text(ManifestTags.MaxNameBytes);
        var name = _body.Text(ManifestTags.MaxNameBytes);
        // The parser of type names knows more than names: assemblies to load among it.
        if (name.AsSpan().IndexOfAny(s_typeSyntax) >= 0)
            throw new InvalidDataException($"[{name}] is no name of a type.");
        var host = assembly.Length == 0 ? typeof(object).Assembly : HostAssemblies.Find(assembly);
        return host.GetType(name, throwOnError: false) is { } type && type != typeof(void)
            ? type
            : throw new InvalidDataException($"This node's [{host.GetName().Name}] has no type [{name}].");
    }

    private Type ModuleType()
    {
        var module = _manifest.Modules[_body.Below(_manifest.Modules.Count)];
        var row = _body.Below(0x1000000);
        if (row < 2)
            throw new InvalidDataException("The module itself is no type.");
        var type = _context.AssemblyOf(module).ManifestModule.ResolveType(0x02000000 | row);
        _context.Admission?.CheckName(type);
        return type;
    }

    private Type GenericType()
    {
        var definition = Type();
        var arguments = Types();
        if (!definition.IsGenericTypeDefinition || definition.GetGenericArguments().Length != arguments.Length)
            throw new InvalidDataException($"[{definition}] does not take [{arguments.Length}] type arguments.");
        foreach (var argument in arguments)
            RefuseOpen(argument);
        return definition.MakeGenericType(arguments);
    }

    private Type MatrixType()
    {
        var rank = _body.Below(33);
        return rank == 0 ? throw new InvalidDataException("An array has no rank.") : ElementType().MakeArrayType(rank);
    }

    private Type ElementType()
    {
        var type = Type();
        RefuseOpen(type);
        return type;
    }

    private static void RefuseOpen(Type type)
    {
        if (type.IsGenericTypeDefinition || type.IsByRefLike)
            throw new InvalidDataException($"[{type}] cannot stand inside of another type.");
    }

    private async ValueTask<Delegate> FunctionAsync(CancellationToken cancellationToken)
    {
        Enter();
        var type = Type();
        if (type.IsGenericTypeDefinition || type.BaseType != typeof(MulticastDelegate))
            throw new InvalidDataException($"[{type}] is no delegate.");
        var method = Method();
        var tag = _body.Byte();
        object? target = null;
        Type? closure = null;
        switch (tag)
        {
            case ManifestTags.Null:
                break;
            case ManifestTags.Closure:
                closure = Type();
                target = NewClosure(closure);
                break;
            case ManifestTags.ClosureBefore:
                target = _closures[_body.Below(_closures.Count)];
                closure = target.GetType();
                break;
            case ManifestTags.Payload or ManifestTags.TypedPayload:
                target = await PayloadAsync(tag, typeof(object), cancellationToken) ?? throw new InvalidDataException("A function's object is null.");
                break;
            default:
                throw Unknown(tag, "target");
        }
        if (target is not null && !method.IsStatic)
            _context.Admission?.CheckCall(target.GetType()); // it may override the method
        // Before the closure's fields, because one of them may hold this very delegate: a lambda that calls itself.
        var function = (target is null ? Delegate.CreateDelegate(type, method, throwOnBindFailure: false) : Delegate.CreateDelegate(type, target, method, throwOnBindFailure: false))
            ?? throw new InvalidDataException($"[{method.DeclaringType}.{method.Name}] does not fit [{type}].");
        _delegates.Add(function);
        if (closure is not null)
            await FieldsAsync(target!, closure, cancellationToken);
        _depth--;
        return function;
    }

    private MethodInfo Method()
    {
        var tag = _body.Byte();
        var owner = Type();
        if (owner.IsGenericTypeDefinition || owner.IsByRefLike)
            throw new InvalidDataException($"No function can be made of a method of [{owner}].");
        _context.Admission?.CheckCall(owner);
        var method = tag switch
        {
            ManifestTags.MethodOfModule => ModuleMethod(owner),
            ManifestTags.MethodOfHost => HostMethod(owner),
            _ => throw Unknown(tag, "method"),
        };
        if (method.IsAbstract && !method.IsVirtual || method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            throw new InvalidDataException($"[{owner}.{method.Name}] cannot be called.");
        return method;
    }

    private MethodInfo ModuleMethod(Type owner)
    {
        var row = _body.Below(0x1000000);
        var arguments = Types();
        if (HostAssemblies.IsHost(owner.Assembly) || owner.IsArray)
            throw new InvalidDataException($"The methods of [{owner}] are found by their names.");
        var definition = owner.IsConstructedGenericType ? owner.GetGenericTypeDefinition() : owner;
        if (definition.Module.ResolveMethod(0x06000000 | row) is not MethodInfo method || method.DeclaringType != definition)
            throw new InvalidDataException($"The method [{row}] is none of [{owner}].");
        if (owner != definition)
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)!;
        return Construct(method, arguments) ?? throw new InvalidDataException($"[{owner}.{method.Name}] does not take [{arguments.Length}] type arguments.");
    }

    private MethodInfo HostMethod(Type owner)
    {
        var name = _body.Text(ManifestTags.MaxNameBytes);
        var arguments = Types();
        var parameters = Types();
        var result = Types() switch { [] => typeof(void), [var one] => one, _ => throw new InvalidDataException("A method has several results.") };
        if (!HostAssemblies.IsHost(owner.Assembly) || !owner.IsVisible)
            throw new InvalidDataException($"[{owner}] is no public type of the runtime or the engine.");
        foreach (var candidate in owner.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
        {
            if (string.Equals(candidate.Name, name, StringComparison.Ordinal) && Construct(candidate, arguments) is { } method && method.ReturnType == result
                && method.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters))
                return method;
        }
        throw new InvalidDataException($"This node's [{owner}] has no method [{name}] with this signature.");
    }

    private static MethodInfo? Construct(MethodInfo method, Type[] arguments)
    {
        if (arguments.Length != (method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0))
            return null;
        if (arguments.Length == 0)
            return method;
        try
        {
            return method.MakeGenericMethod(arguments);
        }
        catch (ArgumentException)
        {
            return null; // one of its constraints
        }
    }

    private object NewClosure(Type type)
    {
        for (var level = type; level != typeof(object); level = level.BaseType!)
        {
            if (level is null || level.IsValueType || level.IsArray || HostAssemblies.IsHost(level.Assembly))
                throw new InvalidDataException($"[{type}] holds no captured variables.");
        }
        if (type.IsAbstract || type.IsGenericTypeDefinition || type == typeof(object))
            throw new InvalidDataException($"[{type}] holds no captured variables.");
        _context.Admission?.CheckCall(type);
        var closure = RuntimeHelpers.GetUninitializedObject(type);
        _closures.Add(closure);
        return closure;
    }

    private async ValueTask FieldsAsync(object closure, Type type, CancellationToken cancellationToken)
    {
        Enter();
        var count = _body.Count(ushort.MaxValue, leastBytes: 3);
        for (var i = 0; i < count; i++)
        {
            var level = type;
            for (var up = _body.Below(ManifestTags.MaxDepth); up > 0 && level is not null; up--)
                level = level.BaseType;
            var name = _body.Text(ManifestTags.MaxNameBytes);
            if (level is null || HostAssemblies.IsHost(level.Assembly) || level.GetField(name, Own) is not { } field)
                throw new InvalidDataException($"[{level ?? type}] has no field [{name}].");
            var value = await ValueAsync(field.FieldType, cancellationToken);
            if (value is null ? field.FieldType.IsValueType && Nullable.GetUnderlyingType(field.FieldType) is null : !field.FieldType.IsInstanceOfType(value))
                throw new InvalidDataException($"A [{value?.GetType()}] does not fit the field [{level}.{name}].");
            field.SetValue(closure, value);
        }
        _depth--;
    }

    private async ValueTask<object?> ValueAsync(Type declared, CancellationToken cancellationToken)
    {
        var tag = _body.Byte();
        switch (tag)
        {
            case ManifestTags.Null:
                return null;
            case ManifestTags.Payload or ManifestTags.TypedPayload:
                return await PayloadAsync(tag, declared, cancellationToken);
            case ManifestTags.Function:
                return await FunctionAsync(cancellationToken);
            case ManifestTags.FunctionBefore:
                return _delegates[_body.Below(_delegates.Count)];
            case ManifestTags.Closure:
                var type = Type();
                var closure = NewClosure(type);
                await FieldsAsync(closure, type, cancellationToken);
                return closure;
            case ManifestTags.ClosureBefore:
                var before = _closures[_body.Below(_closures.Count)];
                await FieldsAsync(before, before.GetType(), cancellationToken);
                return before;
            default:
                throw Unknown(tag, "value");
        }
    }

    private async ValueTask<object?> PayloadAsync(byte tag, Type declared, CancellationToken cancellationToken)
    {
        var type = tag == ManifestTags.TypedPayload ? Type() : Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(void) || type.IsGenericTypeDefinition || type.IsByRefLike || !declared.IsAssignableFrom(type))
            throw new InvalidDataException($"A [{type}] cannot be captured as a [{declared}].");
        var bytes = _body.Take(_body.Count(int.MaxValue, leastBytes: 1));
        var reader = new MemoryPayloadReader(bytes);
        var value = await _context.Serializer.ReadValueAsync(reader, type, cancellationToken);
        return reader.Remaining == 0 ? value : throw new InvalidDataException($"[{reader.Remaining}] bytes of a captured [{type}] are left over.");
    }

    private void Enter()
    {
        if (++_depth > 4 * ManifestTags.MaxDepth)
            throw new InvalidDataException($"The manifest's parts stand more than [{4 * ManifestTags.MaxDepth}] deep in each other.");
    }

    private static InvalidDataException Unknown(byte tag, string what) => new($"[{tag}] begins no {what}.");
}
