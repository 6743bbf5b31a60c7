using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Jobs;

/// <summary>Tells which functions capture nothing: the compiler makes only one delegate for each.</summary>
internal static class Statelessness
{
    private static readonly ConditionalWeakTable<Type, StrongBox<bool>> s_hasNoFields = [];

    public static bool HasNoState(Delegate function) =>
        function.HasSingleTarget && (function.Target is not { } target || s_hasNoFields.GetValue(target.GetType(), HasNoFields).Value);

    private static StrongBox<bool> HasNoFields(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level.GetFields(Own).Length > 0)
                return new StrongBox<bool>(false);
        }
        return new StrongBox<bool>(true);
    }
}
