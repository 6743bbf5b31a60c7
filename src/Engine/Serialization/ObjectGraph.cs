using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>The objects of one item: one object stays one object, and cycles end.</summary>
/// <remarks>
/// Objects are numbered in the order in which their first byte is written, which is the order in which they are read. An object that is
/// deep inside others is only numbered where it stands; its fields follow after the item, one object after the other. So long
/// chains need no deep stack.
/// </remarks>
internal sealed class ObjectGraph(PayloadContext context)
{
    /// <summary>How deep objects are inside each other before their fields are put off.</summary>
    public const int InlineDepth = 32;

    private readonly ReferenceTable _written = new();
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(ILaterFormatter Formatter, object Value)> _later = new();
    private readonly List<object?> _read = [];
    private readonly List<Action> _atEnd = [];

    /// <summary>Whether objects are numbered: false if no object can occur twice.</summary>
    public bool IsOn { get; init; }

    /// <summary>Whether an item may refer to the objects of those before it.</summary>
    public bool SpansItems { get; init; }

    /// <summary>Writes a reference if the item already contains the object; else numbers it.</summary>
    /// <returns>Whether the object is done.</returns>
    public bool TryWriteReference(ref MessagePackWriter writer, object value)
    {
        if (!_written.FindOrAdd(value, out var number))
            return false;
        if (_open.Count > 0 && _open.Contains(value))
            throw CreateCycleError(value);
        GraphMarks.Write(ref writer, GraphMark.Reference, number);
        return true;
    }

    /// <summary>Writes a reference if the item already contains the object.</summary>
    public bool TryWriteKnown(ref MessagePackWriter writer, object value) => IsKnown(value) && TryWriteReference(ref writer, value);

    /// <summary>Whether the values before this one contain the object.</summary>
    public bool IsKnown(object value) => IsOn && _written.TryFind(value, out _);

    /// <summary>The objects of a type that were written and that programs compare by identity.</summary>
    public HashSet<object> FindWritten(Type type) =>
        _written.All.Where(one => type.IsInstanceOfType(one) && Identity.IsCompared(one.GetType()))
            .ToHashSet(ReferenceEqualityComparer.Instance);

    /// <summary>Numbers what is no object here and arrives as one: a part of an array.</summary>
    public void SkipNumber()
    {
        if (IsOn)
            _written.FindOrAdd(new object(), out _);
    }

    /// <summary>Begins an object that is made only after its items were read.</summary>
    /// <remarks>It cannot contain itself.</remarks>
    public void BeginClosed(object value) => _open.Add(value);

    public void EndClosed(object value) => _open.Remove(value);

    /// <summary>Whether a known object holds one that is made only from its items.</summary>
    public bool IsBuiltBefore(object holder) => _open.Count > 0 && IsKnown(holder) && HeldObjects.Contains(holder, _open);

    /// <summary>Puts off the fields of an object that is already numbered.</summary>
    public void WriteLater(ref MessagePackWriter writer, ILaterFormatter formatter, object value)
    {
        GraphMarks.Write(ref writer, GraphMark.Later);
        _later.Enqueue((formatter, value));
    }

    /// <summary>Writes the fields that were put off, and forgets the item's objects.</summary>
    public void EndWriting(ref MessagePackWriter writer)
    {
        while (_later.TryDequeue(out var next))
            next.Formatter.WriteLater(ref writer, next.Value, context);
        if (!SpansItems)
            _written.Clear();
    }

    /// <summary>Numbers an object that will be read.</summary>
    public int Reserve()
    {
        _read.Add(null);
        return _read.Count - 1;
    }

    /// <summary>Sets an object, before its own parts are read if these may refer to it.</summary>
    public void Set(int number, object value) => _read[number] = value;

    /// <summary>Numbers and sets an object.</summary>
    public void Add(object value)
    {
        if (IsOn)
            _read.Add(value);
    }

    /// <exception cref="MessagePackSerializationException">There is no such object, or it is not a <typeparamref name="T"/>.</exception>
    public T Get<T>(int number)
    {
        var value = number < _read.Count ? _read[number] : null;
        return value is T typed
            ? typed
            : throw new MessagePackSerializationException(
                $"Object [{number}] of the item is [{(value is null ? "not there" : TypeText.Format(value.GetType()))}], "
                + $"and a [{TypeText.Format(typeof(T))}] was to be there.");
    }

    /// <summary>Puts off reading the fields of an object.</summary>
    public void ReadLater(ILaterFormatter formatter, object value) => _later.Enqueue((formatter, value));

    /// <summary>Runs an action when all objects of the item have their fields.</summary>
    /// <remarks>A collection that finds its items by their hash codes is filled only then.</remarks>
    public void AtEnd(Action action)
    {
        if (IsOn)
            _atEnd.Add(action);
        else
            action();
    }

    /// <summary>Reads the fields that were put off, finishes the objects, and forgets them.</summary>
    public void EndReading(ref MessagePackReader reader)
    {
        while (_later.TryDequeue(out var next))
            next.Formatter.ReadLater(ref reader, next.Value, context);
        foreach (var action in _atEnd)
            action();
        _atEnd.Clear();
        if (SpansItems)
            return;
        _read.Clear();
        if (_read.Capacity > 64 * 1024)
            _read.Capacity = 0;
    }

    private PayloadException CreateCycleError(object value) => context.CreateError(
        $"A [{TypeText.Format(value.GetType())}] contains itself, and such a collection can be made only once its items are there.",
        "Refer to it by a key, or use a collection that can be changed, such as a List or a Dictionary.");
}

/// <summary>Writes and reads an object's fields after the item that contains it.</summary>
internal interface ILaterFormatter
{
    void WriteLater(ref MessagePackWriter writer, object value, PayloadContext context);
    void ReadLater(ref MessagePackReader reader, object value, PayloadContext context);
}
