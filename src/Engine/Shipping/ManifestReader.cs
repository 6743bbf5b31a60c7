using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Makes types and delegates from a manifest's body.</summary>
/// <remarks>
/// Every reference is checked: the bytes may come from anyone who passed the handshake. Reflection checks what it builds: a delegate must
/// fit its method and its target, a value its field. Closures are made without a constructor and filled field by field. Their type and all
/// its base types except <see cref="object"/> must come from modules, never from a host assembly.
/// </remarks>
internal sealed partial class ManifestReader
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly SearchValues<char> s_typeSyntax = SearchValues.Create("[],*&\\");

    private readonly CodeContext _context;
    private readonly PayloadSerializer _serializer;
    private readonly CodeManifest _manifest;
    private readonly List<Type> _types = [];
    private readonly List<object> _closures = [];
    private readonly List<Delegate> _delegates = [];
    private readonly PayloadContext _captures;
    private RecordReader _body;
    private int _depth;

    public ManifestReader(CodeContext context, PayloadSerializer serializer, CodeManifest manifest) =>
        (_context, _serializer, _manifest, _body, _captures) =
        (context, serializer, manifest, new RecordReader(manifest.Body), serializer.BeginShared(reader: this));

    public async ValueTask<(Type[] Types, Delegate?[] Functions)> ReadAsync(CancellationToken cancellationToken)
    {
        var types = ReadTypes();
        var functions = new Delegate?[_body.ReadCount(int.MaxValue)];
        for (var i = 0; i < functions.Length; i++)
        {
            functions[i] = _body.ReadByte() switch
            {
                ManifestTags.Null => null,
                ManifestTags.Function => await ReadFunctionAsync(cancellationToken).ConfigureAwait(false),
                ManifestTags.FunctionRepeated => _delegates[_body.ReadIndex(_delegates.Count)],
                var tag => throw CreateUnknownTagError(tag, "function"),
            };
        }
        _body.ReadEnd();
        return (types, functions);
    }

    private Type[] ReadTypes()
    {
        var types = new Type[_body.ReadCount(int.MaxValue)];
        for (var i = 0; i < types.Length; i++)
            types[i] = ReadType();
        return types;
    }

    private Type ReadType()
    {
        var tag = _body.ReadByte();
        if (tag >= ManifestTags.TypePrimitive)
            return GetPrimitive((TypeCode)(tag - ManifestTags.TypePrimitive));
        if (tag == ManifestTags.TypeRepeated)
            return _types[_body.ReadIndex(_types.Count)];
        Enter();
        var type = tag switch
        {
            ManifestTags.TypeOfHost => ReadHostType(),
            ManifestTags.TypeOfModule => ReadModuleType(),
            ManifestTags.TypeGeneric => ReadGenericType(),
            ManifestTags.TypeArray => ReadElementType().MakeArrayType(),
            ManifestTags.TypeMatrix => ReadMatrixType(),
            _ => throw CreateUnknownTagError(tag, "type"),
        };
        _depth--;
        _types.Add(type);
        return type;
    }

    private static Type GetPrimitive(TypeCode code) => code switch
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
        _ => throw new InvalidDataException($"[{(int)code}] is not a primitive type."),
    };

    private Type ReadHostType()
    {
        var assembly = _body.ReadString(ManifestTags.MaxNameBytes);
        var name = _body.ReadString(ManifestTags.MaxNameBytes);
        // The parser of type names accepts more than names, such as assemblies to load.
        if (name.AsSpan().IndexOfAny(s_typeSyntax) >= 0)
            throw new InvalidDataException($"[{name}] is not the name of a type.");
        var host = assembly.Length == 0 ? typeof(object).Assembly : HostAssemblies.Find(assembly);
        return host.GetType(name, throwOnError: false) is { } type && type != typeof(void)
            ? type
            : throw new InvalidDataException($"This node's [{host.GetName().Name}] has no type [{name}].");
    }

    private Type ReadModuleType()
    {
        var module = _manifest.Modules[_body.ReadIndex(_manifest.Modules.Count)];
        var row = _body.ReadIndex(0x1000000);
        if (row < 2)
            throw new InvalidDataException("The module itself is not a type.");
        var type = _context.GetAssembly(module).ManifestModule.ResolveType(0x02000000 | row);
        _context.Admission?.CheckName(type);
        return type;
    }

    private Type ReadGenericType()
    {
        var definition = ReadType();
        var arguments = ReadTypes();
        if (!definition.IsGenericTypeDefinition || definition.GetGenericArguments().Length != arguments.Length)
            throw new InvalidDataException($"[{definition}] does not take [{arguments.Length}] type arguments.");
        foreach (var argument in arguments)
            CheckElement(argument);
        return definition.MakeGenericType(arguments);
    }

    private Type ReadMatrixType()
    {
        var rank = _body.ReadIndex(33);
        return rank == 0 ? throw new InvalidDataException("An array has no rank.") : ReadElementType().MakeArrayType(rank);
    }

    private Type ReadElementType()
    {
        var type = ReadType();
        CheckElement(type);
        return type;
    }

    private static void CheckElement(Type type)
    {
        if (type.IsGenericTypeDefinition || type.IsByRefLike)
            throw new InvalidDataException($"[{type}] cannot be part of another type.");
    }

    private async ValueTask<Delegate> ReadFunctionAsync(CancellationToken cancellationToken)
    {
        Enter();
        var head = ReadHead();
        var target = head.HasObject
            ? await ReadPayloadAsync(typeof(object), cancellationToken).ConfigureAwait(false)
            : head.Closure;
        // The delegate is made before the closure's fields, because one of them may hold it: a lambda that calls itself.
        var function = head.Create(target);
        _delegates.Add(function);
        if (head.Closure is not null)
            await ReadFieldsAsync(head.Closure, head.Closure.GetType(), cancellationToken).ConfigureAwait(false);
        _depth--;
        return function;
    }

    private FunctionHead ReadHead()
    {
        var type = ReadType();
        if (type.IsGenericTypeDefinition || type.BaseType != typeof(MulticastDelegate))
            throw new InvalidDataException($"[{type}] is not a delegate type.");
        var method = ReadMethod();
        return _body.ReadByte() switch
        {
            ManifestTags.Null => new FunctionHead(type, method, null, HasObject: false, _context.Admission),
            ManifestTags.Payload => new FunctionHead(type, method, null, HasObject: true, _context.Admission),
            var tag => new FunctionHead(type, method, ReadClosure(tag), HasObject: false, _context.Admission),
        };
    }

    private object ReadClosure(byte tag) => tag switch
    {
        ManifestTags.Closure => CreateClosure(ReadType()),
        ManifestTags.ClosureRepeated => _closures[_body.ReadIndex(_closures.Count)],
        _ => throw CreateUnknownTagError(tag, "closure"),
    };

    private MethodInfo ReadMethod()
    {
        var tag = _body.ReadByte();
        var owner = ReadType();
        if (owner.IsGenericTypeDefinition || owner.IsByRefLike)
            throw new InvalidDataException($"No function can be made from a method of [{owner}].");
        _context.Admission?.CheckCall(owner);
        var method = tag switch
        {
            ManifestTags.MethodOfModule => ReadModuleMethod(owner),
            ManifestTags.MethodOfHost => ReadHostMethod(owner),
            _ => throw CreateUnknownTagError(tag, "method"),
        };
        if (method.IsAbstract && !method.IsVirtual || method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            throw new InvalidDataException($"[{owner}.{method.Name}] cannot be called.");
        return method;
    }

    private MethodInfo ReadModuleMethod(Type owner)
    {
        var row = _body.ReadIndex(0x1000000);
        var arguments = ReadTypes();
        if (HostAssemblies.IsHost(owner.Assembly) || owner.IsArray)
            throw new InvalidDataException($"The methods of [{owner}] must be given by their names.");
        var definition = owner.IsConstructedGenericType ? owner.GetGenericTypeDefinition() : owner;
        if (definition.Module.ResolveMethod(0x06000000 | row) is not MethodInfo method || method.DeclaringType != definition)
            throw new InvalidDataException($"The method [{row}] is not a method of [{owner}].");
        if (owner != definition)
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)!;
        return TryConstruct(method, arguments)
            ?? throw new InvalidDataException($"[{owner}.{method.Name}] does not take [{arguments.Length}] type arguments.");
    }

    private MethodInfo ReadHostMethod(Type owner)
    {
        var name = _body.ReadString(ManifestTags.MaxNameBytes);
        var arguments = ReadTypes();
        var parameters = ReadTypes();
        var result = ReadTypes() switch
        {
            [] => typeof(void),
            [var one] => one,
            _ => throw new InvalidDataException("A method has several results."),
        };
        if (!HostAssemblies.IsHost(owner.Assembly) || !owner.IsVisible)
            throw new InvalidDataException($"[{owner}] is not a public type of the runtime or the engine.");
        foreach (var candidate in owner.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
        {
            if (string.Equals(candidate.Name, name, StringComparison.Ordinal)
                && TryConstruct(candidate, arguments) is { } method && method.ReturnType == result
                && method.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters))
                return method;
        }
        throw new InvalidDataException($"This node's [{owner}] has no method [{name}] with this signature.");
    }

    private static MethodInfo? TryConstruct(MethodInfo method, Type[] arguments)
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
            return null; // a constraint of the method forbids them
        }
    }

    private object CreateClosure(Type type)
    {
        for (var level = type; level != typeof(object); level = level.BaseType!)
        {
            if (level is null || level.IsValueType || level.IsArray || HostAssemblies.IsHost(level.Assembly))
                throw new InvalidDataException($"[{type}] holds no captured variables.");
        }
        if (type.IsAbstract || type.IsGenericTypeDefinition || type == typeof(object))
            throw new InvalidDataException($"[{type}] holds no captured variables.");
        _context.Admission?.CheckCall(type);
        // Lambdas without variables belong to one object of the compiler's, and are equal only if they do here.
        var only = type.GetField("<>9", BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);
        var closure = only is { IsInitOnly: true } && only.FieldType == type && only.GetValue(null) is { } instance
            ? instance
            : Blank.Create(type);
        _closures.Add(closure);
        return closure;
    }

    private async ValueTask ReadFieldsAsync(object closure, Type type, CancellationToken cancellationToken)
    {
        Enter();
        var count = _body.ReadCount(ushort.MaxValue);
        for (var i = 0; i < count; i++)
        {
            var field = ReadField(type);
            SetField(closure, field, await ReadValueAsync(field.FieldType, cancellationToken).ConfigureAwait(false));
        }
        _depth--;
    }

    private FieldInfo ReadField(Type type)
    {
        var level = type;
        for (var up = _body.ReadIndex(ManifestTags.MaxDepth); up > 0 && level is not null; up--)
            level = level.BaseType;
        var name = _body.ReadString(ManifestTags.MaxNameBytes);
        return level is not null && !HostAssemblies.IsHost(level.Assembly) && level.GetField(name, Own) is { } field
            ? field
            : throw new InvalidDataException($"[{level ?? type}] has no field [{name}].");
    }

    private static void SetField(object closure, FieldInfo field, object? value)
    {
        if (value is null
            ? field.FieldType.IsValueType && Nullable.GetUnderlyingType(field.FieldType) is null
            : !field.FieldType.IsInstanceOfType(value))
            throw new InvalidDataException($"A [{value?.GetType()}] does not fit the field [{field.DeclaringType}.{field.Name}].");
        field.SetValue(closure, value);
    }

    private async ValueTask<object?> ReadValueAsync(Type declared, CancellationToken cancellationToken)
    {
        var tag = _body.ReadByte();
        switch (tag)
        {
            case ManifestTags.Null:
                return null;
            case ManifestTags.Payload:
                return await ReadPayloadAsync(declared, cancellationToken).ConfigureAwait(false);
            case ManifestTags.Function:
                return await ReadFunctionAsync(cancellationToken).ConfigureAwait(false);
            case ManifestTags.FunctionRepeated:
                return _delegates[_body.ReadIndex(_delegates.Count)];
            case ManifestTags.Closure or ManifestTags.ClosureRepeated:
                var closure = ReadClosure(tag);
                await ReadFieldsAsync(closure, closure.GetType(), cancellationToken).ConfigureAwait(false);
                return closure;
            default:
                throw CreateUnknownTagError(tag, "value");
        }
    }

    private async ValueTask<object?> ReadPayloadAsync(Type declared, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var bytes = _body.ReadBytesUpTo(int.MaxValue);
        var reader = new MemoryPayloadReader(bytes);
        var value = await _serializer.ReadSharedAsync(reader, type, _captures, cancellationToken).ConfigureAwait(false);
        return reader.Remaining == 0
            ? value
            : throw new InvalidDataException($"[{reader.Remaining}] bytes of a captured [{type}] are left over.");
    }

    private void Enter()
    {
        if (++_depth > 4 * ManifestTags.MaxDepth)
            throw new InvalidDataException($"The manifest's parts are nested more than [{4 * ManifestTags.MaxDepth}] deep.");
    }

    private static InvalidDataException CreateUnknownTagError(byte tag, string what) => new($"No {what} begins with the tag [{tag}].");
}
