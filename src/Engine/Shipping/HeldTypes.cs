using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>Which types of objects may be reached from an object by its fields.</summary>
internal static class HeldTypes
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int MaxTypes = 200;

    /// <summary>Whether an object of one type may hold one of another.</summary>
    public static bool MayHold(Type holder, Type held)
    {
        var visited = new HashSet<Type>();
        var pending = new Queue<Type>([holder]);
        while (pending.TryDequeue(out var next) && visited.Count < MaxTypes)
        {
            foreach (var part in TypeParts.Get(next))
            {
                if (part.IsAssignableFrom(held) || held.IsAssignableFrom(part))
                    return true;
                if (!visited.Add(part) || HostAssemblies.IsHost(part.Assembly))
                    continue;
                for (var level = part; level is not null && !HostAssemblies.IsHost(level.Assembly); level = level.BaseType)
                {
                    foreach (var field in level.GetFields(Own))
                        pending.Enqueue(field.FieldType);
                }
            }
        }
        return visited.Count >= MaxTypes;
    }
}
