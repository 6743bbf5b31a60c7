using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Tells the classes whose objects programs compare by identity.</summary>
internal static class Identity
{
    private static readonly ConditionalWeakTable<Type, object> s_known = [];

    /// <summary>Whether a class is the program's, and has no equality of its own.</summary>
    public static bool IsCompared(Type type) => (bool)s_known.GetValue(
        type,
        static one => !one.IsValueType && !one.IsArray && !FrameworkAssemblies.Contains(one.Assembly)
            && !typeof(Delegate).IsAssignableFrom(one)
            && one.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType == typeof(object));
}
