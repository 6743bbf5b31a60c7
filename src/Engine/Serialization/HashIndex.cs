using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace ActorPool.Serialization;

/// <summary>Finds methods of a module by the members that their code names.</summary>
/// <remarks>
/// Members are compared by name where a generic type stands between, so more may be found than asked for. Nothing is loaded for it.
/// </remarks>
internal sealed class HashIndex
{
    private const int MaxMethods = 40_000;

    private readonly Module _module;
    private readonly Dictionary<int, List<int>> _users = [];
    private readonly List<int> _sources = [];
    private readonly Dictionary<string, List<int>> _names = new(StringComparer.Ordinal);

    private HashIndex(Module module) => _module = module;

    public static unsafe HashIndex Create(Module module)
    {
        var index = new HashIndex(module);
        try
        {
            if (module.Assembly.TryGetRawMetadata(out var blob, out var length))
                index.Read(new MetadataReader(blob, length));
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            index._users.Clear(); // another tool's format; the methods of a class are read in any case
        }
        return index;
    }

    /// <summary>Whether an exception says that code cannot be read or an assembly is missing.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException
            or NotSupportedException or InvalidOperationException or IndexOutOfRangeException;

    /// <summary>Finds the methods that ask for a hash code.</summary>
    public IEnumerable<MethodBase> FindSources() => FindUsers(_sources);

    /// <summary>Finds the methods that may call a method.</summary>
    public IEnumerable<MethodBase> FindCallers(MethodBase method) =>
        method.Module == _module ? FindUsers([method.MetadataToken, .. _names.GetValueOrDefault(method.Name, [])]) : [];

    /// <summary>Finds the methods that may read a field.</summary>
    public IEnumerable<MethodBase> FindReaders(HashCell cell)
    {
        if (cell.Module != _module)
            return [];
        var name = _module.ResolveField(cell.Number)?.Name;
        return FindUsers([cell.Number, .. name is null ? [] : _names.GetValueOrDefault(name, [])]);
    }

    /// <summary>Finds the methods of interfaces and base classes that a method stands for.</summary>
    public static IEnumerable<MethodBase> FindDeclarations(MethodBase method)
    {
        if (method is not MethodInfo { IsVirtual: true } one || method.DeclaringType is not { } type)
            return [];
        var name = one.Name[(one.Name.LastIndexOf('.') + 1)..]; // explicit ones have the interface's name in front
        var count = one.GetParameters().Length;
        var declared = type.GetInterfaces().Where(face => !HashRules.IsLibrary(face))
            .Select(face => face.IsGenericType ? face.GetGenericTypeDefinition() : face)
            .SelectMany(face => face.GetMethods())
            .Where(other => string.Equals(other.Name, name, StringComparison.Ordinal) && other.GetParameters().Length == count);
        var root = one.GetBaseDefinition();
        return root != one && !HashRules.IsLibrary(root.DeclaringType) ? declared.Append(root) : declared;
    }

    private MethodBase[] FindUsers(IEnumerable<int> members) =>
        [.. members.SelectMany(member => _users.GetValueOrDefault(member, [])).Distinct().Select(Resolve).OfType<MethodBase>()];

    private MethodBase? Resolve(int token)
    {
        try
        {
            return _module.ResolveMethod(token);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private void Read(MetadataReader metadata)
    {
        if (metadata.MethodDefinitions.Count > MaxMethods)
            return;
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            Note(metadata, MetadataTokens.GetToken(handle), metadata.GetString(member.Name), member.Parent);
        }
        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var handle = MetadataTokens.MethodSpecificationHandle(row);
            var method = metadata.GetMethodSpecification(handle).Method;
            if (method.Kind is HandleKind.MemberReference)
            {
                var member = metadata.GetMemberReference((MemberReferenceHandle)method);
                Note(metadata, MetadataTokens.GetToken(handle), metadata.GetString(member.Name), member.Parent);
            }
            else
            {
                var name = metadata.GetString(metadata.GetMethodDefinition((MethodDefinitionHandle)method).Name);
                Note(metadata, MetadataTokens.GetToken(handle), name, default);
            }
        }
        foreach (var handle in metadata.MethodDefinitions)
            AddMembers(MetadataTokens.GetToken(handle));
    }

    private void Note(MetadataReader metadata, int token, string name, EntityHandle parent)
    {
        if (IsSource(metadata, name, parent))
            _sources.Add(token);
        if (parent.Kind is HandleKind.TypeReference)
            return;
        if (!_names.TryGetValue(name, out var tokens))
            _names[name] = tokens = [];
        tokens.Add(token);
    }

    private static bool IsSource(MetadataReader metadata, string name, EntityHandle parent)
    {
        if (name is nameof(GetHashCode))
            return true;
        if (parent.Kind is not HandleKind.TypeReference)
            return false;
        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(HashCode))
            || name.Contains("Hash", StringComparison.Ordinal)
                && metadata.GetString(type.Name) is "HashCompare" or "Operators" or "LanguagePrimitives";
    }

    private void AddMembers(int token)
    {
        if (ReadCode(token) is not { } il)
            return;
        // Bytes that look like an instruction by chance do no harm.
        for (var i = 0; i + 4 < il.Length; i++)
        {
            if (!NamesMember(il, i))
                continue;
            var member = BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(i + 1));
            if ((member >>> 24) is not (0x04 or 0x06 or 0x0A or 0x2B))
                continue;
            if (!_users.TryGetValue(member, out var users))
                _users[member] = users = [];
            if (users.Count == 0 || users[^1] != token)
                users.Add(token);
        }
    }

    private byte[]? ReadCode(int token)
    {
        try
        {
            return _module.ResolveMethod(token)?.GetMethodBody()?.GetILAsByteArray();
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static bool NamesMember(byte[] il, int at) =>
        il[at] == OpCodes.Call.Value || il[at] == OpCodes.Callvirt.Value || il[at] == OpCodes.Newobj.Value
        || il[at] == OpCodes.Ldfld.Value || il[at] == OpCodes.Ldflda.Value || il[at] == OpCodes.Ldsfld.Value
        || at > 0 && il[at - 1] == 0xFE && il[at] is 0x06 or 0x07; // ldftn, ldvirtftn
}
