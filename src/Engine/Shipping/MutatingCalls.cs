using System.Reflection;
using System.Text;

namespace ActorPool.Shipping;

/// <summary>What a method of the framework does to its object, or to its first argument.</summary>
internal enum CallEffect
{
    None,

    /// <summary>Finds something by its key.</summary>
    LooksUp,

    /// <summary>Adds under a key, where a cache would.</summary>
    AddsByKey,

    /// <summary>Adds to what was there.</summary>
    Adds,

    /// <summary>Takes something out, or empties it.</summary>
    Takes,

    /// <summary>Changes it in another way.</summary>
    Changes,
}

/// <summary>The framework's methods that change a collection, a text or a variable.</summary>
internal static class MutatingCalls
{
    public static CallEffect Find(MethodBase method)
    {
        var owner = method.DeclaringType;
        if (IsArrayModule(owner))
            return method.Name is "Set" or "Fill" || method.Name.StartsWith("SortInPlace", StringComparison.Ordinal)
                ? CallEffect.Changes
                : CallEffect.None;
        if (owner?.Namespace is not { } space || !HostAssemblies.IsHost(owner.Assembly))
            return CallEffect.None;
        if (owner == typeof(Interlocked))
            return FindOfVariable(method);
        if (owner == typeof(Volatile))
            return method.Name is "Write" ? CallEffect.Changes : CallEffect.None;
        if (owner == typeof(Array))
            return method.Name is "Sort" or "Reverse" or "Fill" or "Clear" or "SetValue" or "Resize" ? CallEffect.Changes : CallEffect.None;
        if (space is "System" && owner.Name is "Span`1")
            return method.Name is "Fill" ? CallEffect.Changes : method.Name is "Clear" ? CallEffect.Takes : CallEffect.None;
        if (owner == typeof(MemoryExtensions))
            return method.Name is "Sort" or "Reverse" or "Replace" ? CallEffect.Changes : CallEffect.None;
        if (owner == typeof(StringBuilder))
            return FindOfBuilder(method.Name);
        if (owner.FullName is "System.Runtime.InteropServices.CollectionsMarshal")
            return method.Name is "GetValueRefOrAddDefault" ? CallEffect.AddsByKey : CallEffect.None;
        if (owner.FullName is "System.Collections.Immutable.ImmutableInterlocked")
            return method.Name is "GetOrAdd" ? CallEffect.AddsByKey
                : method.Name is "Update" or "AddOrUpdate" or "TryAdd" or "Push" or "Enqueue" ? CallEffect.Adds
                : CallEffect.None;
        if (FindOfObject(owner, method.Name) is not CallEffect.None and var effect)
            return effect;
        if (owner.FullName?.StartsWith("System.Runtime.CompilerServices.ConditionalWeakTable`2", StringComparison.Ordinal) is true)
            return FindOfCollection(method.Name, hasKeys: true);
        var isCollection = (space.StartsWith("System.Collections", StringComparison.Ordinal)
                || space is "System.Data" or "System.Net.Http.Headers" or "System.Text.Json.Nodes")
            && (!space.EndsWith(".Immutable", StringComparison.Ordinal) || owner.Name.Contains("Builder", StringComparison.Ordinal))
            && !space.EndsWith(".Frozen", StringComparison.Ordinal);
        return isCollection ? FindOfCollection(method.Name, HasKeys(owner)) : CallEffect.None;
    }

    /// <summary>Whether a type has F#'s functions for arrays.</summary>
    public static bool IsArrayModule(Type? type) => type?.FullName is "Microsoft.FSharp.Collections.ArrayModule";

    /// <summary>Finds the argument into which a method of the framework copies.</summary>
    /// <returns>Its place among all arguments; null for other methods.</returns>
    public static int? FindTarget(MethodBase method) => method.Name switch
    {
        "CopyTo" when IsArrayModule(method.DeclaringType) => 2, // Array.blit
        "CopyTo" or "TryCopyTo" => 1, // the first one is copied
        "Copy" or "ConstrainedCopy" when method.DeclaringType == typeof(Array) => method.GetParameters().Length == 3 ? 1 : 2,
        "BlockCopy" when method.DeclaringType == typeof(Buffer) => 2,
        _ => null,
    };

    /// <summary>Whether a method of the framework returns a view that can change its first argument.</summary>
    public static bool IsView(MethodBase method) =>
        method is MethodInfo { ReturnType: { IsGenericType: true, FullName: { } name } }
        && (name.StartsWith("System.Span`1", StringComparison.Ordinal) || name.StartsWith("System.Memory`1", StringComparison.Ordinal)
            || name.StartsWith("System.ArraySegment`1", StringComparison.Ordinal))
        && (method.Name is "AsSpan" or "AsMemory" or "Slice" or "get_Span" or "op_Implicit");

    /// <summary>Whether a method returns a reference to an entry of a dictionary.</summary>
    public static bool IsEntry(MethodBase method) =>
        method is { Name: "GetValueRefOrAddDefault", DeclaringType.FullName: "System.Runtime.InteropServices.CollectionsMarshal" };

    /// <summary>Whether a method of the compiler returns a part of an inline array.</summary>
    public static bool IsInlineArray(MethodBase method) =>
        method is { IsStatic: true, DeclaringType.Name: "<PrivateImplementationDetails>" }
        && method.Name.StartsWith("InlineArray", StringComparison.Ordinal) && !method.Name.Contains("ReadOnly", StringComparison.Ordinal);

    private static CallEffect FindOfVariable(MethodBase method) => method.Name switch
    {
        "Increment" or "Decrement" or "Add" or "And" or "Or" => CallEffect.Adds,
        "Exchange" => CallEffect.Changes,
        // Objects are compared with null to set a lazy value.
        "CompareExchange" when method.GetParameters()[1].ParameterType.IsPrimitive => CallEffect.Changes,
        _ => CallEffect.None,
    };

    // Documents, what tells others to stop or to go on, and a part of an array.
    private static CallEffect FindOfObject(Type owner, string name) => (owner.Namespace, owner.Name, name) switch
    {
        ("System.Xml.Linq", _, "Add" or "AddFirst" or "AddAfterSelf" or "AddBeforeSelf" or "SetAttributeValue" or "SetElementValue")
            => CallEffect.Adds,
        ("System.Xml.Linq", _, "Remove" or "RemoveAll" or "RemoveNodes" or "RemoveAttributes") => CallEffect.Takes,
        ("System.Xml.Linq", _, "ReplaceAll" or "ReplaceNodes" or "ReplaceAttributes" or "ReplaceWith" or "SetValue")
            or ("System.Threading", "CancellationTokenSource", "Cancel" or "CancelAsync" or "CancelAfter")
            or ("System.Threading", "ManualResetEventSlim" or "EventWaitHandle", "Set" or "Reset")
            or ("System.Threading.Tasks", "TaskCompletionSource" or "TaskCompletionSource`1", "SetResult" or "TrySetResult")
            or ("System", "ArraySegment`1", "set_Item") => CallEffect.Changes,
        _ => CallEffect.None,
    };

    private static CallEffect FindOfBuilder(string name) => name switch
    {
        "Clear" or "Remove" or "set_Length" => CallEffect.Takes,
        "Replace" or "set_Chars" => CallEffect.Changes,
        "Insert" => CallEffect.Adds,
        _ => name.StartsWith("Append", StringComparison.Ordinal) ? CallEffect.Adds : CallEffect.None,
    };

    private static CallEffect FindOfCollection(string name, bool hasKeys) => name switch
    {
        "TryGetValue" or "ContainsKey" or "Contains" => CallEffect.LooksUp,
        "get_Item" => hasKeys ? CallEffect.LooksUp : CallEffect.None,
        "set_Item" or "Add" or "TryAdd" => hasKeys ? CallEffect.AddsByKey : name is "set_Item" ? CallEffect.Changes : CallEffect.Adds,
        "GetOrAdd" or "GetValueRefOrAddDefault" => CallEffect.AddsByKey,
        "AddOrUpdate" or "TryUpdate" or "AddRange" or "InsertRange" or "Insert" or "Enqueue" or "EnqueueRange" or "EnqueueDequeue"
            or "Push" or "PushRange" or "AddFirst" or "AddLast" or "AddBefore" or "AddAfter" or "UnionWith" => CallEffect.Adds,
        "Clear" or "Remove" or "RemoveAt" or "RemoveAll" or "RemoveRange" or "RemoveWhere" or "RemoveFirst" or "RemoveLast"
            or "Dequeue" or "TryDequeue" or "Pop" or "TryPop" or "TryPopRange" or "TryTake" or "TryRemove" => CallEffect.Takes,
        "ExceptWith" or "IntersectWith" or "SymmetricExceptWith" or "Sort" or "Reverse" or "Set" or "SetAll" or "SetByIndex"
            or "And" or "Or" or "Xor" or "Not" or "LeftShift" or "RightShift" => CallEffect.Changes,
        _ => CallEffect.None,
    };

    private static bool HasKeys(Type owner) =>
        owner.Name.Contains("Dictionary", StringComparison.Ordinal) || owner.Name.Contains("Set", StringComparison.Ordinal)
        || owner.Name is "Hashtable" or "SortedList" or "SortedList`2";
}
