using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Checks that sets and maps of F# are in order.</summary>
/// <remarks>
/// They write their items as an array and sort them anew on arrival. An original whose items have changed does not find them, and its copy
/// would. F#'s library is one of the program's, so that it is known by its names.
/// </remarks>
internal static class FSharpOrder
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Makes the check for a type.</summary>
    /// <returns>Null for other types, and for items that cannot change.</returns>
    public static Action<object, PayloadContext>? FindCheck(Type type)
    {
        if (type is not { IsConstructedGenericType: true, Namespace: "Microsoft.FSharp.Collections", Name: "FSharpSet`1" or "FSharpMap`2" })
            return null;
        var arguments = type.GetGenericArguments();
        var declared = typeof(IComparer<>).MakeGenericType(arguments[0]);
        if (!ChangingTypes.Contains(arguments[0]) || Array.Find(type.GetFields(Own), f => f.FieldType == declared) is not { } comparer)
            return null;
        var check = typeof(FSharpOrder).GetMethod(
            arguments.Length == 1 ? nameof(CheckSet) : nameof(CheckMap), BindingFlags.Static | BindingFlags.NonPublic)!;
        var method = check.MakeGenericMethod(arguments).CreateDelegate<Action<object, object, PayloadContext>>();
        return (value, context) => method(value, comparer.GetValue(value)!, context);
    }

    private static void CheckSet<T>(object value, object comparer, PayloadContext context) =>
        KeyChecks.CheckOrder((IEnumerable<T>)value, (IComparer<T>)comparer, value, KeyChecks.Changed, context);

    private static void CheckMap<TKey, TValue>(object value, object comparer, PayloadContext context) => KeyChecks.CheckOrder(
        ((IEnumerable<KeyValuePair<TKey, TValue>>)value).Select(pair => pair.Key), (IComparer<TKey>)comparer, value, KeyChecks.Changed,
        context);
}
