using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ActorPool.Tests.Serialization;

public enum ShippedState { Open, Done }

[StructLayout(LayoutKind.Auto)]
public readonly record struct ShippedLine(long Article, double Price); // no padding: the tests compare the bytes

/// <summary>A shipped type that holds types of its assembly in every form that travels.</summary>
public sealed class ShippedOrder
{
    private readonly string _name;
    private readonly ShippedState _state = ShippedState.Done;

    private ShippedOrder(string name) => _name = name;

    public ShippedOrder? Inner { get; set; }
    public ShippedState? Maybe { get; set; } = ShippedState.Open;
    public ShippedLine[] Raw { get; } = SampleLines();
    public ShippedLine? Line { get; } = new ShippedLine(1, 2);
    public List<ShippedOrder?> Many { get; } = [];
    public List<ShippedLine> Lines { get; } = [new(3, 4)];
    public ShippedLine[,] Table { get; } = new ShippedLine[2, 2];
    public Dictionary<ShippedLine, ShippedState> ByLine { get; } = new() { [new(5, 6)] = ShippedState.Open };
    public HashSet<ShippedState> Set { get; } = [ShippedState.Done];
    public SortedDictionary<ShippedState, ShippedOrder> Sorted { get; } = new();
    public Queue<ShippedLine> Queue { get; } = new([new ShippedLine(1, 1)]);
    public Stack<ShippedState> Stack { get; } = new([ShippedState.Open, ShippedState.Done]);
    public LinkedList<ShippedState> Linked { get; } = new([ShippedState.Open]);
    public ConcurrentDictionary<ShippedState, ShippedLine> Concurrent { get; } = new();
    public ImmutableArray<ShippedLine> Immutable { get; } = [new(7, 8)];
    public ImmutableList<ShippedState> ImmutableStates { get; } = [ShippedState.Done];
    public ImmutableDictionary<ShippedState, ShippedState> ImmutablePairs { get; } =
        ImmutableDictionary<ShippedState, ShippedState>.Empty.Add(ShippedState.Open, ShippedState.Done);
    public FrozenSet<ShippedLine> Frozen { get; } = new[] { new ShippedLine(9, 9) }.ToFrozenSet();
    public IReadOnlyList<ShippedState> Listed { get; } = [ShippedState.Done, ShippedState.Open];
    public IEnumerable<ShippedLine> Some { get; } = [new(1, 2)];
    public ReadOnlyMemory<ShippedLine> Memory { get; } = new[] { new ShippedLine(1, 2) };
    public Lazy<ShippedState> Lazy { get; } = new(ShippedState.Open);
    public (ShippedState, ShippedOrder?) Pair { get; set; }
    public Tuple<ShippedLine, string> Classic { get; } = new(new ShippedLine(1, 2), "x");
    public KeyValuePair<ShippedLine, ShippedOrder?> KeyValue { get; set; }

    public static ShippedOrder[] Sample()
    {
        var inner = new ShippedOrder("inner");
        return
        [
            new ShippedOrder("outer")
            {
                Inner = inner,
                Many = { inner, null },
                Pair = (ShippedState.Done, inner),
                Sorted = { [ShippedState.Done] = inner },
            },
        ];
    }

    public static ShippedLine[] SampleLines() => [new(1, 2.5), new(3, double.NaN)];

    public override string ToString() => $"{_name} {_state}";
}
