using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Which methods of a module name which of its members in their code.</summary>
internal sealed class HashUses(Module? module = null)
{
    private const int MaxMethods = 40_000; // so that the first look takes milliseconds

    private readonly Dictionary<string, List<int>> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<int, MemberKind> _members = [];
    private readonly List<int> _hashes = [];
    private readonly List<int> _addresses = [];
    private bool _isUnsafe;

    [Flags]
    private enum MemberKind
    {
        None = 0,
        Source = 1,
        Store = 2,
        Own = 4,
        Other = 8,
        Address = 16,
    }

    public bool IsComplete { get; private init; }

    /// <summary>The methods that ask for hash codes, or may make numbers of addresses.</summary>
    /// <remarks>Without those that only return hash codes.</remarks>
    public IEnumerable<int> Sources => _hashes.Concat(_addresses);

    /// <summary>By class, the methods that call code of other assemblies but .NET's.</summary>
    public Dictionary<int, List<int>> CallersOfOthers { get; } = [];

    /// <summary>Reads the code of a module.</summary>
    /// <returns>An incomplete one if the module is too large or cannot be read.</returns>
    public static HashUses Read(Module module)
    {
        using var image = ModuleCode.Open(module);
        if (image is null || image.Metadata.MethodDefinitions.Count > MaxMethods)
            return new HashUses();
        var uses = new HashUses(module) { IsComplete = true };
        var metadata = image.Metadata;
        uses.ReadMembers(metadata);
        uses.ReadPointers(metadata);
        if (uses._members.Values.Any(kind => (kind & (MemberKind.Source | MemberKind.Other | MemberKind.Address)) is not MemberKind.None))
        {
            foreach (var handle in metadata.MethodDefinitions)
                uses.FindCalls(image, handle);
        }
        return uses;
    }

    /// <summary>Finds the methods that name a member.</summary>
    /// <param name="token">The member, if it is named directly.</param>
    /// <param name="name">Its name, if it is named through a generic type or method.</param>
    public IEnumerable<int> Find(int token, string? name) => module is null
        ? []
        : MemberUses.For(module).Find(name is null ? [token] : [token, .. _names.GetValueOrDefault(name, [])]);

    private void ReadMembers(MetadataReader metadata)
    {
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            Add(MetadataTokens.GetToken(handle), metadata.GetString(member.Name), GetKind(metadata, member));
        }
        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var handle = MetadataTokens.MethodSpecificationHandle(row);
            var method = metadata.GetMethodSpecification(handle).Method;
            if (method.Kind is HandleKind.MemberReference)
            {
                var member = metadata.GetMemberReference((MemberReferenceHandle)method);
                Add(MetadataTokens.GetToken(handle), metadata.GetString(member.Name), GetKind(metadata, member));
            }
            else
            {
                var name = metadata.GetString(metadata.GetMethodDefinition((MethodDefinitionHandle)method).Name);
                Add(MetadataTokens.GetToken(handle), name, MemberKind.Own);
            }
        }
    }

    // Fields of the module that are pointers, and methods that have such parameters or stand for native ones.
    private void ReadPointers(MetadataReader metadata)
    {
        foreach (var handle in metadata.FieldDefinitions)
        {
            if (HashAddresses.MayGive(metadata, metadata.GetFieldDefinition(handle).Signature, isForeign: false))
                _members[MetadataTokens.GetToken(handle)] = MemberKind.Own | MemberKind.Address;
        }
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (HashAddresses.MayGive(metadata, method.Signature, method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)))
                _members[MetadataTokens.GetToken(handle)] = MemberKind.Own | MemberKind.Address;
        }
    }

    private void Add(int token, string name, MemberKind kind)
    {
        if (kind is MemberKind.None)
            return;
        _members[token] = kind;
        _isUnsafe |= kind is MemberKind.Address;
        if (!kind.HasFlag(MemberKind.Own))
            return;
        if (!_names.TryGetValue(name, out var tokens))
            _names[name] = tokens = [];
        tokens.Add(token);
    }

    private static MemberKind GetKind(MetadataReader metadata, MemberReference member)
    {
        var name = metadata.GetString(member.Name);
        var parent = member.Parent;
        if (parent.Kind is HandleKind.TypeSpecification)
            parent = GetGenericType(metadata, (TypeSpecificationHandle)parent);
        var isHash = name is nameof(GetHashCode);
        if (parent.Kind is not HandleKind.TypeReference)
            return isHash ? MemberKind.Own | MemberKind.Source : MemberKind.Own;
        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        if (isHash || metadata.StringComparer.Equals(type.Name, nameof(HashCode))
            || name.Contains("Hash", StringComparison.Ordinal)
                && metadata.GetString(type.Name) is "HashCompare" or "Operators" or "LanguagePrimitives")
            return MemberKind.Source;
        if (IsOfOthers(metadata, type))
            return MemberKind.Other;
        var isAddress = metadata.StringComparer.Equals(type.Name, "UnverifiableCodeAttribute")
            || HashAddresses.MayGive(metadata, member.Signature, HashAddresses.IsSource(metadata.GetString(type.Name), name));
        return isAddress ? MemberKind.Address
            : HashRules.IsStore(name) || metadata.StringComparer.Equals(type.Name, nameof(Interlocked)) ? MemberKind.Store
            : MemberKind.None;
    }

    private static EntityHandle GetGenericType(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var signature = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        return signature.ReadSignatureTypeCode() is SignatureTypeCode.GenericTypeInstance && signature.ReadByte() is not 0
            ? signature.ReadTypeHandle()
            : default;
    }

    private static bool IsOfOthers(MetadataReader metadata, TypeReference type)
    {
        while (type.ResolutionScope.Kind is HandleKind.TypeReference)
            type = metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        if (type.ResolutionScope.Kind is not HandleKind.AssemblyReference)
            return false;
        var assembly = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
        return !HashRules.IsLibrary(assembly) && !FrameworkAssemblies.Contains(assembly);
    }

    private void FindCalls(ModuleCode image, MethodDefinitionHandle handle)
    {
        var metadata = image.Metadata;
        var (all, keeps) = (GetKind(metadata, MetadataTokens.GetToken(handle)) & MemberKind.Address, false);
        var before = OpCodes.Nop;
        var il = image.GetCode(handle);
        for (var at = 0; at < il.Length;)
        {
            var operation = IlReader.ReadCode(il, ref at);
            keeps |= IsStore(operation);
            all |= HashAddresses.IsSource(operation, before, _isUnsafe) ? MemberKind.Address : MemberKind.None;
            before = operation;
            if (NamesMember(operation))
            {
                var member = BinaryPrimitives.ReadInt32LittleEndian(il[at..]);
                var kind = GetKind(metadata, member);
                all |= kind;
                keeps |= (kind & (MemberKind.Store | MemberKind.Other)) is not MemberKind.None
                    || (kind & ~MemberKind.Address) is MemberKind.Own && operation.OperandType is OperandType.InlineMethod
                        && !IsGetter(metadata, member);
            }
            at += IlReader.GetOperandSize(operation, il[at..]);
        }
        var token = MetadataTokens.GetToken(handle);
        if ((all & (MemberKind.Source | MemberKind.Address)) is not MemberKind.None && (keeps || !IsHash(metadata, handle)))
            (all.HasFlag(MemberKind.Source) ? _hashes : _addresses).Add(token);
        if (!all.HasFlag(MemberKind.Other))
            return;
        for (var type = metadata.GetMethodDefinition(handle).GetDeclaringType(); !type.IsNil;
            type = metadata.GetTypeDefinition(type).GetDeclaringType())
        {
            var owner = MetadataTokens.GetToken(type);
            if (!CallersOfOthers.TryGetValue(owner, out var callers))
                CallersOfOthers[owner] = callers = [];
            callers.Add(token);
        }
    }

    private static bool NamesMember(OpCode code) => code.OperandType is OperandType.InlineMethod or OperandType.InlineField;

    // What only returns a hash code, as that of a record does, leaves none in a field.
    private static bool IsHash(MetadataReader metadata, MethodDefinitionHandle method) =>
        metadata.GetString(metadata.GetMethodDefinition(method).Name).EndsWith(nameof(GetHashCode), StringComparison.Ordinal);

    private MemberKind GetKind(MetadataReader metadata, int member)
    {
        var table = member >>> 24;
        var known = _members.GetValueOrDefault(member, table is 0x04 or 0x06 ? MemberKind.Own : MemberKind.None);
        return table == 0x06 && metadata.StringComparer.Equals(
            metadata.GetMethodDefinition((MethodDefinitionHandle)MetadataTokens.EntityHandle(member)).Name, nameof(GetHashCode))
            ? known | MemberKind.Source
            : known;
    }

    private static bool IsGetter(MetadataReader metadata, int member) => member >>> 24 == 0x06 && metadata.StringComparer.StartsWith(
        metadata.GetMethodDefinition((MethodDefinitionHandle)MetadataTokens.EntityHandle(member)).Name, "get_");

    private static bool IsStore(OpCode code) =>
        code == OpCodes.Stfld || code == OpCodes.Stsfld || code == OpCodes.Stobj || code == OpCodes.Stelem
        || code.Value >= OpCodes.Stelem_I.Value && code.Value <= OpCodes.Stelem_Ref.Value
        || code.Value >= OpCodes.Stind_Ref.Value && code.Value <= OpCodes.Stind_R8.Value;
}
