using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Checks that sets and maps of F# are in order.</summary>
/// <remarks>
/// They write their items as an array and sort them anew on arrival. An original whose items have changed does not find them, and its copy
/// would; and the copy drops items that are equal there. F#'s library is one of the program's, so that it is known by its names.
/// </remarks>
internal sealed class FSharpOrder
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic;

    private readonly Action<object, PayloadContext>? _checkOrder;
    private readonly FieldInfo? _items;
    private readonly PropertyInfo _count;

    private FSharpOrder(Type type)
    {
        var arguments = type.GetGenericArguments();
        var declared = typeof(IComparer<>).MakeGenericType(arguments[0]);
        if (ChangingTypes.Contains(arguments[0]) && Array.Find(type.GetFields(Own), f => f.FieldType == declared) is { } comparer)
        {
            var check = typeof(FSharpOrder).GetMethod(
                arguments.Length == 1 ? nameof(CheckSet) : nameof(CheckMap), BindingFlags.Static | BindingFlags.NonPublic)!;
            var method = check.MakeGenericMethod(arguments).CreateDelegate<Action<object, object, PayloadContext>>();
            _checkOrder = (value, context) => method(value, comparer.GetValue(value)!, context);
        }
        _items = Array.Find(type.GetFields(Own), f => f.FieldType.IsSZArray);
        _count = type.GetProperty("Count")!;
    }

    /// <summary>Makes the checks for a type; null for other types.</summary>
    public static FSharpOrder? Find(Type type) =>
        type is { IsConstructedGenericType: true, Namespace: "Microsoft.FSharp.Collections", Name: "FSharpSet`1" or "FSharpMap`2" }
            ? new FSharpOrder(type)
            : null;

    /// <summary>Checks that a collection finds its items, before it is written.</summary>
    /// <exception cref="PayloadException">It does not.</exception>
    public void CheckSent(object value, PayloadContext context) => _checkOrder?.Invoke(value, context);

    /// <summary>Counts the items that were read for a collection, before it is built of them.</summary>
    /// <returns>Null if this version of F#'s library keeps them in another way.</returns>
    public int? CountRead(object value) => (_items?.GetValue(value) as Array)?.Length;

    /// <summary>Checks, when a collection is complete, that it has all its items.</summary>
    public void CheckArrived(object value, int count, PayloadContext context) =>
        context.Graph.AtEnd(() => KeyChecks.CheckCount((int)_count.GetValue(value)!, count, value, context));

    private static void CheckSet<T>(object value, object comparer, PayloadContext context) =>
        KeyChecks.CheckOrder((IEnumerable<T>)value, (IComparer<T>)comparer, value, KeyChecks.Changed, context);

    private static void CheckMap<TKey, TValue>(object value, object comparer, PayloadContext context) => KeyChecks.CheckOrder(
        ((IEnumerable<KeyValuePair<TKey, TValue>>)value).Select(pair => pair.Key), (IComparer<TKey>)comparer, value, KeyChecks.Changed,
        context);
}
