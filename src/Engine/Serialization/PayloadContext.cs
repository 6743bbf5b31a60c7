using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Tracks the objects around the one that is being written or read.</summary>
/// <remarks>
/// One serves one run of items, on one thread at a time. It is passed as the library's options, which every formatter gives to the next.
/// </remarks>
internal sealed class PayloadContext : MessagePackSerializerOptions
{
    private const int MaxComputed = 1_000_000;

    private readonly PayloadLimits _limits;
    private Frame[] _frames = new Frame[8];
    private int _depth;
    private int _open;
    private int _computed;
    private int _wholes;
    private PayloadException? _located;
    private TypeTable? _types;
    private HashSet<object>? _statics;
    private HashSet<object>? _comparers;

    /// <param name="template">The library's options.</param>
    /// <param name="serializer">The serializer whose formatters are used.</param>
    /// <param name="limits">Limits on each value.</param>
    /// <param name="isGraph">Whether objects are numbered.</param>
    /// <param name="spansItems">Whether an item may refer to the objects of those before it.</param>
    public PayloadContext(
        MessagePackSerializerOptions template, PayloadSerializer serializer, PayloadLimits limits, bool isGraph, bool spansItems)
        : base(template)
    {
        Serializer = serializer;
        _limits = limits;
        IsGraph = isGraph;
        Graph = new ObjectGraph(this) { IsOn = isGraph, SpansItems = spansItems };
    }

    public PayloadSerializer Serializer { get; }

    /// <summary>Whether the values are written a second time later.</summary>
    /// <remarks>Then none of the user's code runs for it: what it computes or changes must happen once.</remarks>
    public bool IsDraft { get; init; }

    /// <summary>Writes the functions inside values.</summary>
    /// <value>Null where no code travels with the values.</value>
    public IFunctionWriter? FunctionWriter { get; init; }

    /// <summary>Reads the functions inside values.</summary>
    /// <value>Null where no code travels with the values.</value>
    public IFunctionReader? FunctionReader { get; init; }

    /// <summary>The objects of the current item.</summary>
    public ObjectGraph Graph { get; }

    /// <summary>Whether objects are numbered.</summary>
    public bool IsGraph { get; }

    /// <summary>The types that this run of items names.</summary>
    public TypeTable Types => _types ??= new TypeTable(Serializer.Types);

    /// <summary>Whether this run of items mentions a static field's object for the first time.</summary>
    public bool IsFirstMention(object value) => (_statics ??= new(ReferenceEqualityComparer.Instance)).Add(value);

    /// <summary>How many objects are around the current one.</summary>
    public int Depth => _depth;

    /// <summary>The type of the object that holds the current value.</summary>
    /// <value>Null at the top of an item.</value>
    public Type? Holder => _depth == 0 ? null : _frames[_depth - 1].Shape.Type;

    /// <summary>Writes a value as what it is, behind a mark for its type.</summary>
    /// <exception cref="PayloadException">Values of its type cannot travel.</exception>
    public void WriteOpen(ref MessagePackWriter writer, object value, Type declared)
    {
        if (Graph.TryWriteKnown(ref writer, value))
            return;
        EnterOpen();
        try
        {
            var type = Serializer.Conversions.Find(value.GetType())?.Type ?? WireTypes.Find(value);
            var formatter = Serializer.GetBoxedWriter(type);
            Types.Write(ref writer, type);
            formatter.Write(ref writer, value, this);
        }
        catch (PayloadException e) when (e.Setting is null && !ReferenceEquals(e, _located))
        {
            var path = FormatPath();
            throw _located = new PayloadException(
                $"{(path is null ? "A value" : $"[{path}]")} is declared as [{TypeText.Format(declared)}], "
                + $"and is a [{TypeText.Format(value.GetType())}]: {e.Message}{(e.IsOfValue ? FieldAdvice.Get(FindField()) : "")}", e)
            {
                Member = path ?? TypeText.Format(declared),
            };
        }
        LeaveOpen();
    }

    /// <summary>Writes what stands in the place of an object.</summary>
    /// <remarks>This is nil, a reference, or an object of a derived type.</remarks>
    /// <returns>Whether that is all; if not, the object itself follows, and is numbered.</returns>
    public bool TryWriteInstead<T>(ref MessagePackWriter writer, [NotNullWhen(false)] T? value)
        where T : class
    {
        if (value is null)
        {
            writer.WriteNil();
            return true;
        }
        if (value.GetType() != typeof(T))
        {
            WriteOpen(ref writer, value, typeof(T));
            return true;
        }
        return Graph.IsOn && Graph.TryWriteReference(ref writer, value);
    }

    /// <summary>Reads what stands in the place of an object.</summary>
    /// <returns>Whether that is all; if not, the object itself follows, and the caller numbers it.</returns>
    public bool TryReadInstead<T>(ref MessagePackReader reader, out T? value)
        where T : class
    {
        value = null;
        if (reader.TryReadNil())
            return true;
        if (!GraphMarks.IsNext(ref reader))
            return false;
        value = ReadMarked<T>(ref reader);
        return true;
    }

    /// <summary>Reads a value that stands behind a mark.</summary>
    public T ReadOpen<T>(ref MessagePackReader reader) =>
        GraphMarks.IsNext(ref reader)
            ? ReadMarked<T>(ref reader)
            : throw new MessagePackSerializationException($"A [{TypeText.Format(typeof(T))}] has no mark for its type.");

    /// <summary>Reads what stands behind a mark for another object or type.</summary>
    public T ReadMarked<T>(ref MessagePackReader reader)
    {
        var mark = GraphMarks.Read(ref reader, out var number);
        return mark switch
        {
            GraphMark.Reference => Graph.Get<T>(number),
            GraphMark.Typed => ReadTyped<T>(ref reader, number),
            _ => throw GraphMarks.CreateUnexpectedError(mark, typeof(T)),
        };
    }

    /// <summary>Reads a value of a type that the payload names.</summary>
    public T ReadTyped<T>(ref MessagePackReader reader, int number)
    {
        EnterOpen();
        var type = Types.Read(ref reader, number);
        if (!WireTypes.Fits(type, typeof(T)))
            throw new MessagePackSerializationException($"A [{TypeText.Format(type)}] is not a [{TypeText.Format(typeof(T))}].");
        var value = Serializer.GetBoxedReader(type).Read(ref reader, this);
        LeaveOpen();
        return value is T typed
            ? typed
            : throw new MessagePackSerializationException($"A [{TypeText.Format(type)}] is not a [{TypeText.Format(typeof(T))}].");
    }

    /// <summary>Enters an object; the caller leaves it, or discards this context after an exception.</summary>
    public void Enter(ObjectShape shape)
    {
        // The limit may be so high that the thread's stack ends first.
        if (_depth >= _limits.MaxDepth || (_depth & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw CreateTooDeepError(_depth);
        if (_depth == _frames.Length)
            Array.Resize(ref _frames, _depth * 2);
        ref var frame = ref _frames[_depth++];
        frame.Shape = shape;
        frame.Field = -1;
    }

    /// <summary>Sets which field of the object comes next; generated code calls it.</summary>
    public void SetField(int field) => _frames[_depth - 1].Field = field;

    public void Leave() => _depth--;

    private FieldInfo? FindField()
    {
        for (var i = _depth - 1; i >= 0; i--)
        {
            if (_frames[i].Field >= 0)
                return _frames[i].Shape.Infos.ElementAtOrDefault(_frames[i].Field);
        }
        return null;
    }

    /// <summary>Formats the path to the current value: <c>Order.Customer.Connection</c>.</summary>
    public string? FormatPath()
    {
        if (_depth == 0)
            return null;
        var text = new StringBuilder(TypeText.Format(_frames[0].Shape.Type));
        for (var i = 0; i < _depth; i++)
        {
            if (i >= 12 && i < _depth - 4)
            {
                if (i == 12)
                    text.Append("...");
                continue;
            }
            if (_frames[i].Field >= 0)
                text.Append('.').Append(_frames[i].Shape.Fields[_frames[i].Field]);
        }
        return text.ToString();
    }

    /// <summary>Enters a value that is inside another one without an object between them.</summary>
    /// <remarks>A value inside its own type's mark, a list inside a list of objects, a surrogate: each needs stack.</remarks>
    /// <exception cref="PayloadException">It is too deep.</exception>
    public void EnterOpen()
    {
        if (++_open > _limits.MaxDepth || (_open & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw CreateTooDeepError(_open);
    }

    public void LeaveOpen() => _open--;

    /// <summary>Whether objects must be complete where they stand.</summary>
    /// <remarks>Something is made of them before the item ends: a converted value, a sorted collection.</remarks>
    public bool IsInWhole => _wholes > 0;

    /// <summary>Enters what must be complete where it stands.</summary>
    /// <param name="isWhole">False for what only needs stack.</param>
    /// <exception cref="PayloadException">It is too deep: a surrogate may hold another converted value, and so on without end.</exception>
    public void EnterWhole(bool isWhole = true)
    {
        EnterOpen();
        _wholes += isWhole ? 1 : 0;
    }

    public void LeaveWhole(bool isWhole = true)
    {
        _wholes -= isWhole ? 1 : 0;
        LeaveOpen();
    }

    /// <summary>Enters the comparer of a collection, which is complete before the collection is built.</summary>
    /// <exception cref="PayloadException">The comparer holds the collection.</exception>
    public void EnterComparer(object comparer)
    {
        if (!(_comparers ??= new(ReferenceEqualityComparer.Instance)).Add(comparer) || Graph.IsBuiltBefore(comparer))
        {
            throw CreateError(
                $"A collection whose comparer holds it, a [{TypeText.Format(comparer.GetType())}], cannot be built before its comparer.",
                "Use a comparer of a class of its own, or a List or a Dictionary that the job's function captures.");
        }
        EnterWhole();
    }

    public void LeaveComparer(object comparer)
    {
        LeaveWhole();
        _comparers!.Remove(comparer);
    }

    /// <summary>Counts a lazy value that is computed in order to be sent.</summary>
    /// <exception cref="PayloadException">There are too many: a stream may have no end.</exception>
    public void CountComputed()
    {
        if (++_computed > MaxComputed)
            throw CreateEndlessError("Send the first items of it, or make it where it is used.");
    }

    /// <summary>Must be called before the user's own code runs to write a value.</summary>
    /// <exception cref="DraftException">This is a draft.</exception>
    public void BeforeUserCode()
    {
        if (IsDraft)
            throw new DraftException();
    }

    /// <summary>Checks how many items of a sequence were computed whose length is unknown.</summary>
    /// <exception cref="PayloadException">There are too many: a sequence may have no end.</exception>
    public void CheckComputed(int count)
    {
        if (count > MaxComputed)
            throw CreateEndlessError("Send an array of it (ToArray) if it does, its first items (Take), or make it where it is used.");
    }

    public PayloadException CreateError(string what, string advice)
    {
        var path = FormatPath();
        return new PayloadException($"{(path is null ? "" : $"[{path}]: ")}{what} {advice}") { Member = path };
    }

    private PayloadException CreateEndlessError(string advice) =>
        CreateError($"More than [{MaxComputed}] lazy values were computed to be sent: does this stream end?", advice);

    private PayloadException CreateTooDeepError(int depth)
    {
        var path = FormatPath();
        return new PayloadException(
            $"[{path ?? "A value"}] is inside [{depth}] others, and [{PayloadLimits.MaxDepthSetting}] is [{_limits.MaxDepth}]. "
            + "Keep them in an array or a list, or raise the setting on the client and on its nodes.")
        {
            Member = path,
            Setting = PayloadLimits.MaxDepthSetting,
        };
    }

    private struct Frame
    {
        public ObjectShape Shape;
        public int Field;
    }
}

/// <summary>A type and the source names of its fields, in wire order.</summary>
internal sealed record ObjectShape(Type Type, string[] Fields)
{
    /// <summary>The fields themselves.</summary>
    /// <value>None where they do not travel as fields of an object.</value>
    public FieldInfo[] Infos { get; init; } = [];
}
