using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Which methods of a module name which fields and methods in their code.</summary>
/// <remarks>The module is read once, when it is first asked. Code in the format of another tool names nothing.</remarks>
internal sealed class MemberUses
{
    private const int References = 0x0A000000;
    private const int Forms = 0x2B000000;

    private static readonly ConditionalWeakTable<Module, MemberUses> s_known = [];

    private readonly Module _module;
    private readonly Dictionary<int, List<int>> _methods = [];
    private readonly Dictionary<string, List<int>> _fields = new(StringComparer.Ordinal); // of other modules and of generic classes
    private readonly Lazy<ILookup<(Module, int), int>> _references;
    private readonly Lazy<ILookup<(Module, int), int>> _forms;

    private MemberUses(Module module)
    {
        _module = module;
        _references = new(() => FindReferences(module, References).ToLookup(pair => pair.Member, pair => pair.Token));
        _forms = new(() => FindReferences(module, Forms).ToLookup(pair => pair.Member, pair => pair.Token));
        using var image = ModuleCode.Open(module);
        if (image is null)
            return;
        AddFields(image.Metadata);
        foreach (var handle in image.Metadata.MethodDefinitions)
        {
            try
            {
                Add(MetadataTokens.GetToken(handle), image.GetCode(handle));
            }
            catch (Exception e) when (HashIndex.IsUnreadable(e))
            {
                // Nobody knows what such a method does.
            }
        }
    }

    public static MemberUses For(Module module) => s_known.GetValue(module, static one => new MemberUses(one));

    /// <summary>Finds the methods that name a member.</summary>
    /// <param name="member">A field or a method, of this module or another.</param>
    /// <param name="tokens">The tokens by which they name it.</param>
    public IEnumerable<MethodBase> Find(MemberInfo member, out IReadOnlyCollection<int> tokens)
    {
        var all = new HashSet<int>();
        if (member.Module == _module)
            all.Add(member.MetadataToken);
        // A member of another module, or of a generic class, has tokens of its own in each module that uses it.
        if (member.Module != _module || member.DeclaringType is { IsGenericType: true })
            all.UnionWith(_references.Value[(member.Module, member.MetadataToken)]);
        // A call of a generic method names the form that it calls.
        if (member is MethodInfo { IsGenericMethod: true })
            all.UnionWith(_forms.Value[(member.Module, member.MetadataToken)]);
        tokens = all;
        return Find(all).Select(Resolve).OfType<MethodBase>();
    }

    /// <summary>Finds the methods that may name a field; loads nothing.</summary>
    /// <remarks>A field of another module or of a generic class is found by its name, so that some of them name another one.</remarks>
    public IEnumerable<MethodBase> FindUsers(FieldInfo field)
    {
        IEnumerable<int> tokens = _fields.GetValueOrDefault(field.Name, []);
        return Find(field.Module == _module ? tokens.Append(field.MetadataToken) : tokens).Select(Resolve).OfType<MethodBase>();
    }

    /// <summary>Finds the methods that name members by their tokens.</summary>
    public IEnumerable<int> Find(IEnumerable<int> tokens) => tokens.SelectMany(token => _methods.GetValueOrDefault(token, [])).Distinct();

    private void AddFields(MetadataReader metadata)
    {
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.GetKind() is not MemberReferenceKind.Field)
                continue;
            ref var tokens = ref CollectionsMarshal.GetValueRefOrAddDefault(_fields, metadata.GetString(member.Name), out _);
            (tokens ??= []).Add(MetadataTokens.GetToken(handle));
        }
    }

    private void Add(int method, ReadOnlySpan<byte> il)
    {
        for (var at = 0; at < il.Length;)
        {
            var operation = IlReader.ReadCode(il, ref at);
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod)
            {
                ref var methods = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    _methods, BinaryPrimitives.ReadInt32LittleEndian(il[at..]), out _);
                methods ??= [];
                if (methods.Count == 0 || methods[^1] != method)
                    methods.Add(method);
            }
            at += IlReader.GetOperandSize(operation, il[at..]);
        }
    }

    private MethodBase? Resolve(int token)
    {
        try
        {
            return _module.ResolveMethod(token);
        }
        catch (Exception e) when (HashIndex.IsUnreadable(e))
        {
            return null; // it needs an assembly that is not here
        }
    }

    private static IEnumerable<((Module, int) Member, int Token)> FindReferences(Module module, int table)
    {
        for (var token = table + 1; ; token++)
        {
            MemberInfo? found = null;
            try
            {
                found = module.ResolveMember(token);
            }
            catch (ArgumentOutOfRangeException)
            {
                yield break; // the end of the table
            }
            catch (Exception e) when (HashIndex.IsUnreadable(e))
            {
                // A member of a missing assembly, or one that depends on type parameters.
            }
            if (found is not null)
                yield return ((found.Module, found.MetadataToken), token);
        }
    }
}
