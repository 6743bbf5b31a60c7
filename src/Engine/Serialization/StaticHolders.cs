using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>The static read-only fields of a module, by the class that they are declared as.</summary>
/// <remarks>
/// <para>
/// A property of a property system stands in the class that has it (<c>Widget.Width</c>), not in its own; a symbol stands with those who
/// use it. To read such a field runs the initializers of its class. .NET may run them at any time, unless the class has a static
/// constructor in its source (ECMA-335, I.8.9.5): such classes are left out, and so are generic ones.
/// </para>
/// <para>The tables of the module are read once, which takes no longer than some milliseconds. Nothing is loaded for it.</para>
/// </remarks>
internal sealed class StaticHolders
{
    private static readonly ConditionalWeakTable<Module, StaticHolders> s_known = [];

    private readonly Dictionary<int, List<int>> _fields = [];
    private readonly List<int> _all = [];
    private readonly Lazy<ILookup<int, StaticPlace>> _inner;

    private StaticHolders(Module module)
    {
        _inner = new(() => FindInner(module));
        using var image = ModuleCode.Open(module);
        if (image is null)
            return;
        var metadata = image.Metadata;
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (type.Attributes.HasFlag(TypeAttributes.BeforeFieldInit) && type.GetGenericParameters().Count == 0)
                Add(metadata, type.GetFields());
        }
    }

    /// <summary>Finds the fields of any class that may hold an object of a type.</summary>
    /// <returns>None for a class whose objects are compared by what they hold.</returns>
    public static IEnumerable<FieldInfo> Find(Type type)
    {
        if (!Identity.IsCompared(type))
            return [];
        var holders = For(type);
        return GetTokens(type).SelectMany(token => holders._fields.GetValueOrDefault(token, [])).Order()
            .Select(token => type.Module.ResolveField(token)!);
    }

    /// <summary>Finds the places inside static fields' objects that may hold an object.</summary>
    /// <remarks>The joker of a deck that is a static field: nothing changes it, either.</remarks>
    public static IEnumerable<StaticPlace> FindInner(Type type)
    {
        if (!Identity.IsCompared(type))
            return [];
        var holders = For(type);
        return GetTokens(type).SelectMany(token => holders._inner.Value[token])
            .OrderBy(place => (place.Static.MetadataToken, place.Inner!.MetadataToken));
    }

    private static StaticHolders For(Type type) => s_known.GetValue(type.Module, static module => new StaticHolders(module));

    private static IEnumerable<int> GetTokens(Type type)
    {
        var declared = type.GetInterfaces().ToList();
        for (var level = type; level is not null; level = level.BaseType)
            declared.Add(level);
        return declared.Where(one => one.Module == type.Module).Select(one => one.MetadataToken).Distinct();
    }

    private ILookup<int, StaticPlace> FindInner(Module module) => _all.Select(token => module.ResolveField(token)!)
        .SelectMany(one => GetParts(one.FieldType, module).Select(part => new StaticPlace(one, part)))
        .ToLookup(place => place.Inner!.FieldType.MetadataToken);

    // The parts of an object of the program that nothing sets, and those of a tuple or an option in a read-only field.
    private static IEnumerable<FieldInfo> GetParts(Type type, Module module)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        if (type.Module != module && !type.IsConstructedGenericType || type.IsArray || typeof(Delegate).IsAssignableFrom(type))
            yield break;
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Own))
            {
                if (field.FieldType is { IsValueType: false, IsGenericParameter: false } part && part.Module == module
                    && (type.IsValueType || MayOnlyModuleSet(field) && FixedFields.ContainsInModule(field)))
                    yield return field;
            }
        }
    }

    private static bool MayOnlyModuleSet(FieldInfo field) => field.IsInitOnly || field.IsPrivate || field.IsAssembly;

    private void Add(MetadataReader metadata, FieldDefinitionHandleCollection fields)
    {
        const FieldAttributes Fixed = FieldAttributes.Static | FieldAttributes.InitOnly;
        foreach (var handle in fields)
        {
            var field = metadata.GetFieldDefinition(handle);
            if ((field.Attributes & Fixed) != Fixed || GetClass(metadata.GetBlobReader(field.Signature)) is not { IsNil: false } declared)
                continue;
            _all.Add(MetadataTokens.GetToken(handle));
            if (declared.Kind is not HandleKind.TypeDefinition)
                continue;
            var token = MetadataTokens.GetToken(declared);
            if (!_fields.TryGetValue(token, out var tokens))
                _fields[token] = tokens = [];
            tokens.Add(MetadataTokens.GetToken(handle));
        }
    }

    // ECMA-335, II.23.2.4: a class or a structure, or a generic one with its arguments.
    private static EntityHandle GetClass(BlobReader signature)
    {
        signature.ReadSignatureHeader();
        var code = signature.ReadCompressedInteger();
        if (code == (int)SignatureTypeCode.GenericTypeInstance)
            code = signature.ReadCompressedInteger();
        return code is (int)SignatureTypeKind.Class or (int)SignatureTypeKind.ValueType ? signature.ReadTypeHandle() : default;
    }
}

/// <summary>Where an object stands that nothing changes.</summary>
/// <param name="Static">A static read-only field.</param>
/// <param name="Inner">A field of what it holds; null for that itself.</param>
internal sealed record StaticPlace(FieldInfo Static, FieldInfo? Inner)
{
    /// <summary>Gets the object; null if its class cannot start.</summary>
    public object? GetValue()
    {
        try
        {
            var value = Static.GetValue(null);
            return Inner is null || value is null ? value : Inner.GetValue(value);
        }
        catch (Exception e) when (e is TypeInitializationException or TargetInvocationException)
        {
            return null;
        }
    }
}
