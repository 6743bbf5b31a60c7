using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Tells which fields nothing sets after their object was made.</summary>
/// <remarks>
/// They need not be marked as read-only: type-safe enums use the parameters of a primary constructor, and properties with a private setter.
/// No method but the constructors of the class writes them. For fields that other classes see, the code of those counts as well.
/// </remarks>
internal static class FixedFields
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, HashSet<int>> s_set = [];
    private static readonly ConditionalWeakTable<FieldInfo, object> s_setInModule = [];
    private static readonly ConditionalWeakTable<Module, Users> s_users = [];

    /// <summary>Whether nothing sets the field in its module and in others of this process.</summary>
    public static bool Contains(FieldInfo field) =>
        ContainsInModule(field)
        && (field.IsInitOnly || field.IsPrivate || !GetUsers(field.Module).Any(module => IsSetIn(module, field)));

    /// <summary>Whether nothing in the field's module sets the field: the same in every process.</summary>
    public static bool ContainsInModule(FieldInfo field) =>
        StaticInstances.IsReadOnly(field)
        || field is { IsStatic: false, DeclaringType: { } type } && !s_set.GetValue(type, FindSet).Contains(field.MetadataToken)
            && (field.IsPrivate || !(bool)s_setInModule.GetValue(field, static one => IsSetIn(one.Module, one)));

    // What the constructors of derived classes set is the start, too.
    private static bool IsSetIn(Module module, FieldInfo field)
    {
        var type = field.DeclaringType!;
        return MemberUses.For(module).FindUsers(field).Any(user =>
            !(user is ConstructorInfo && HasLevel(user.DeclaringType, type))
            && HashMethods.GetUses(user, [type]).Exists(use => use.Field == (field.Module, field.MetadataToken) && use.Use.IsWrite));
    }

    private static bool HasLevel(Type? type, Type level)
    {
        while (type is not null && (type.MetadataToken != level.MetadataToken || type.Module != level.Module))
            type = type.BaseType;
        return type is not null;
    }

    // Found again when more assemblies are loaded.
    private static Module[] GetUsers(Module module)
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies();
        if (s_users.TryGetValue(module, out var known) && known.Loaded == loaded.Length)
            return known.Modules;
        var name = module.Assembly.GetName().Name;
        Module[] users =
        [
            .. loaded.Where(other => !other.IsDynamic && other != module.Assembly && !FrameworkAssemblies.Contains(other)
                    && Array.Exists(other.GetReferencedAssemblies(), one => string.Equals(one.Name, name, StringComparison.Ordinal)))
                .Select(other => other.ManifestModule),
        ];
        s_users.AddOrUpdate(module, new Users(loaded.Length, users));
        return users;
    }

    // The fields that methods other than constructors may set.
    private static HashSet<int> FindSet(Type type)
    {
        var set = new HashSet<int>();
        var others = GetMethods(type).Where(method => method is not ConstructorInfo || method.DeclaringType != type).ToArray();
        var called = others.SelectMany(HashMethods.GetCallees).Select(callee => callee.MetadataToken).ToHashSet();
        foreach (var method in others)
        {
            // A private setter that only constructors call is one of their parts.
            if (method is { IsPrivate: true, IsSpecialName: true } && method.Name.StartsWith("set_", StringComparison.Ordinal)
                && !called.Contains(method.MetadataToken))
                continue;
            foreach (var ((_, token), use) in HashMethods.GetUses(method, [type]))
            {
                if (use.IsWrite)
                    set.Add(token);
            }
        }
        return set;
    }

    // Nested classes see private fields: lambdas and iterators are methods of such.
    private static IEnumerable<MethodBase> GetMethods(Type type) =>
        type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own))
            .Concat(type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(GetMethods));

    // The modules that refer to one, among so many loaded assemblies.
    private sealed record Users(int Loaded, Module[] Modules);
}
