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

    private StaticHolders(Module module)
    {
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
        if (type.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType != typeof(object))
            return [];
        var holders = s_known.GetValue(type.Module, static module => new StaticHolders(module));
        var declared = type.GetInterfaces().ToList();
        for (var level = type; level is not null; level = level.BaseType)
            declared.Add(level);
        return declared.Where(one => one.Module == type.Module).Select(one => one.MetadataToken).Distinct()
            .SelectMany(token => holders._fields.GetValueOrDefault(token, [])).Order()
            .Select(token => type.Module.ResolveField(token)!);
    }

    private void Add(MetadataReader metadata, FieldDefinitionHandleCollection fields)
    {
        const FieldAttributes Fixed = FieldAttributes.Static | FieldAttributes.InitOnly;
        foreach (var handle in fields)
        {
            var field = metadata.GetFieldDefinition(handle);
            if ((field.Attributes & Fixed) != Fixed || GetClass(metadata.GetBlobReader(field.Signature)) is not { IsNil: false } declared
                || declared.Kind is not HandleKind.TypeDefinition)
                continue;
            var token = MetadataTokens.GetToken(declared);
            if (!_fields.TryGetValue(token, out var tokens))
                _fields[token] = tokens = [];
            tokens.Add(MetadataTokens.GetToken(handle));
        }
    }

    // ECMA-335, II.23.2.4: a class, or a generic one with its arguments.
    private static EntityHandle GetClass(BlobReader signature)
    {
        signature.ReadSignatureHeader();
        var code = signature.ReadCompressedInteger();
        if (code == (int)SignatureTypeCode.GenericTypeInstance)
            code = signature.ReadCompressedInteger();
        return code == (int)SignatureTypeKind.Class ? signature.ReadTypeHandle() : default;
    }
}
