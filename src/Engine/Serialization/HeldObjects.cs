namespace ActorPool.Serialization;

/// <summary>Finds objects that others hold in their fields.</summary>
internal static class HeldObjects
{
    private const int MaxVisited = 4096;

    /// <summary>Whether an object holds one of others.</summary>
    /// <remarks>Directly, or in objects of the program's own classes.</remarks>
    public static bool Contains(object holder, IReadOnlySet<object> wanted)
    {
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var pending = new Queue<object>([holder]);
        while (pending.TryDequeue(out var next) && visited.Count < MaxVisited)
        {
            if (wanted.Contains(next))
                return true;
            if (!visited.Add(next) || FrameworkAssemblies.Contains(next.GetType().Assembly))
                continue;
            foreach (var field in TypeFields.Get(next.GetType()))
            {
                if (!field.FieldType.IsPrimitive && field.GetValue(next) is { } held)
                    pending.Enqueue(held);
            }
        }
        return false;
    }
}
