using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>Numbers the objects of an item by their identity.</summary>
/// <remarks>Most items have few objects, and comparing with each of them costs less than a hash code.</remarks>
internal sealed class ReferenceTable
{
    private const int MaxCompared = 8;
    private const int MaxKept = 16 * 1024; // a larger table is not kept for the next item: clearing it would cost more than a new one

    private readonly object?[] _first = new object?[MaxCompared];
    private Dictionary<object, int>? _more;
    private int _count;

    public int Count => _count;

    /// <summary>The objects that have a number, in no order.</summary>
    public IEnumerable<object> All => _first.Take(_count).Concat(_more?.Keys.AsEnumerable() ?? [])!;

    /// <summary>Finds an object's number, or gives it the next one.</summary>
    /// <returns>Whether it had a number.</returns>
    public bool FindOrAdd(object value, out int number)
    {
        if (TryFind(value, out number))
            return true;
        number = _count++;
        if (number < MaxCompared)
            _first[number] = value;
        else
            (_more ??= new Dictionary<object, int>(ReferenceEqualityComparer.Instance)).Add(value, number);
        return false;
    }

    public bool TryFind(object value, out int number)
    {
        for (number = 0; number < _count && number < MaxCompared; number++)
        {
            if (ReferenceEquals(_first[number], value))
                return true;
        }
        if (_more is null)
            return false;
        ref var found = ref CollectionsMarshal.GetValueRefOrNullRef(_more, value);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found))
            return false;
        number = found;
        return true;
    }

    public void Clear()
    {
        if (_count == 0)
            return;
        Array.Clear(_first);
        if (_count > MaxKept)
            _more = null;
        else
            _more?.Clear();
        _count = 0;
    }
}
