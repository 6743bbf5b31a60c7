using System.Reflection;

namespace ActorPool.Serialization;

// Where delegates get to, and what those who call them give them.
internal sealed partial class HashScan
{
    private readonly Dictionary<(HashCell Holder, int FromEnd), HashContent> _invoked = [];
    private readonly HashSet<(HashCell Holder, HashCell Function)> _attached = [];

    private static bool IsInvoke(MethodBase callee) =>
        callee.Name is "Invoke" && typeof(Delegate).IsAssignableFrom(callee.DeclaringType);

    // Calls whatever method stands where a delegate came from.
    private void Invoke(HashValue[] arguments)
    {
        for (var i = 1; i < arguments.Length; i++)
            Invoke(arguments[0].Within, arguments.Length - i, GetWhole(arguments[i]));
    }

    private void Invoke(HashCell[] functions, int fromEnd, HashContent given)
    {
        if (given.IsNone)
            return;
        foreach (var cell in functions)
        {
            if (cell.Kind is HashCellKind.Function)
                PassTo(cell, fromEnd, given);
            else if (cell.Kind is HashCellKind.Field || IsFunction(cell))
                Note((cell, fromEnd), given);
        }
    }

    // A lambda that .NET calls gets the items of the collection, if it takes numbers.
    private void PassItems(HashValue function, HashTaint items)
    {
        foreach (var cell in function.Within)
        {
            if (!items.IsNone && HashFlow.FindMethod(cell)?.GetParameters() is [.., { ParameterType.IsPrimitive: true }])
                PassTo(cell, 1, new HashContent(items, default));
        }
    }

    private void PassTo(HashCell function, int fromEnd, HashContent given)
    {
        if (HashFlow.FindMethod(function) is { } callee && HashFlow.FindParameter(callee, fromEnd) is { } argument)
            _passed[(callee, argument)] = _passed.GetValueOrDefault((callee, argument)) | given;
    }

    private void Note((HashCell, int) key, HashContent given)
    {
        var before = _invoked.GetValueOrDefault(key);
        if ((before | given) is var after && after != before)
            _invoked[key] = after;
    }

    // A delegate gets into a field, or into a collection that is in one.
    private void Attach(HashCell[] holders, HashValue value)
    {
        foreach (var function in value.Within.Where(IsFunction))
        {
            foreach (var holder in holders.Where(cell => cell.Kind is HashCellKind.Field or HashCellKind.Argument && cell != function))
                _attached.Add((holder, function));
        }
    }

    private void Attach(HashCell[] holders, ReadOnlySpan<HashValue> values)
    {
        foreach (var value in values)
            Attach(holders, value);
    }

    private bool IsFunction(HashCell cell) => cell.Kind is HashCellKind.Function
        || cell.Kind is HashCellKind.Argument && typeof(Delegate).IsAssignableFrom(_arguments[cell.Number].Type);

    // What a method that is called does with delegates that it is given.
    private void CallFunctions(HashSummary callee, HashValue[] arguments, Func<HashTaint, HashTaint> apply)
    {
        foreach (var ((holder, fromEnd), given) in callee.Invoked)
        {
            if (holder.Kind is HashCellKind.Argument)
                Invoke(GetWithin(holder, arguments), fromEnd, new HashContent(apply(given.Items), apply(given.Places)));
        }
        foreach (var (holder, function) in callee.Attached)
        {
            if (holder.Kind is HashCellKind.Argument || function.Kind is HashCellKind.Argument)
                Attach(GetWithin(holder, arguments), HashValue.Unknown with { Within = GetWithin(function, arguments) });
        }
    }

    private static HashCell[] GetWithin(HashCell cell, HashValue[] arguments) => cell.Kind is not HashCellKind.Argument ? [cell]
        : cell.Number < arguments.Length ? arguments[cell.Number].Within : [];
}
