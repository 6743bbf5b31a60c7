using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MemoryPack;

namespace ActorPool.Benchmarks.Serializers;

// The values of the command, with the attributes that other serializers need.

/// <summary>A small record, as in many jobs.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial record RecordSample(
    [property: Id(0)] int Id, [property: Id(1)] string Name, [property: Id(2)] double Value);

/// <summary>One line of an order.</summary>
[MemoryPackable]
[GenerateSerializer]
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct LineSample(
    [property: Id(0)] int Article, [property: Id(1)] int Count, [property: Id(2)] decimal Price);

/// <summary>The customer of an order.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial record CustomerSample(
    [property: Id(0)] Guid Id, [property: Id(1)] string Name, [property: Id(2)] DateTime Since);

/// <summary>An object with objects, a list and a dictionary.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial record OrderSample(
    [property: Id(0)] long Id, [property: Id(1)] CustomerSample Customer, [property: Id(2)] List<LineSample> Lines,
    [property: Id(3)] Dictionary<string, string> Tags, [property: Id(4)] double? Discount)
{
    internal long Bytes =>
        8 + 16 + 2 * Customer.Name.Length + 8 + 24 * Lines.Count + Tags.Sum(t => 2L * (t.Key.Length + t.Value.Length)) + 9;

    internal static OrderSample Create(int i) => new(
        i,
        new CustomerSample(
            new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
            $"customer {i}",
            new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i)),
        [.. Enumerable.Range(0, 4).Select(l => new LineSample(i + l, l + 1, 9.99m * (l + 1)))],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["channel"] = "web", ["state"] = $"state {i % 7}" },
        i % 3 == 0 ? null : 0.05);

    internal bool HasSameValues(OrderSample other) =>
        Id == other.Id && Customer == other.Customer && Lines.SequenceEqual(other.Lines) && Discount.Equals(other.Discount)
        && Tags.Count == other.Tags.Count
        && Tags.All(t => string.Equals(other.Tags[t.Key], t.Value, StringComparison.Ordinal));
}

/// <summary>Has a field without a property.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial class PrivateSample
{
    [Id(0)]
    private int _secret;

    /// <summary>Creates an empty object, for the serializers that need this.</summary>
    [MemoryPackConstructor]
    public PrivateSample() { }

    /// <summary>Sets the field.</summary>
    public PrivateSample(int secret) => _secret = secret;

    internal int Secret() => _secret;
}

/// <summary>The declared type of a derived object.</summary>
[MemoryPackable]
[GenerateSerializer]
public partial class BaseSample
{
    /// <summary>A number of both types.</summary>
    [Id(0)]
    public int Number { get; set; }
}

/// <summary>A derived type with one more property.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial class DerivedSample : BaseSample
{
    /// <summary>A number that serializers of the base type lose.</summary>
    [Id(0)]
    public int More { get; set; }
}

/// <summary>An object of a chain.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial class LinkSample
{
    /// <summary>The next object of the chain.</summary>
    [Id(0)]
    public LinkSample? Next { get; set; }

    internal static LinkSample CreateChain(int length)
    {
        var first = new LinkSample();
        for (var i = 1; i < length; i++)
            first = new LinkSample { Next = first };
        return first;
    }

    internal int CountLinks()
    {
        var length = 0;
        for (var link = this; link is not null; link = link.Next)
            length++;
        return length;
    }
}

/// <summary>A base class of two others.</summary>
[MemoryPackable]
[MemoryPackUnion(0, typeof(CircleSample))]
[MemoryPackUnion(1, typeof(RectangleSample))]
[GenerateSerializer]
[JsonDerivedType(typeof(CircleSample), "circle")]
[JsonDerivedType(typeof(RectangleSample), "rectangle")]
public abstract partial class ShapeSample
{
    internal static ShapeSample Create(int i) =>
        i % 2 == 0 ? new CircleSample { Radius = i } : new RectangleSample { Width = i, Height = i + 1 };

    internal abstract bool HasSameValues(ShapeSample other);
}

/// <summary>A shape of one number.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial class CircleSample : ShapeSample
{
    /// <summary>Its only number.</summary>
    [Id(0)]
    public double Radius { get; set; }

    internal override bool HasSameValues(ShapeSample other) => other is CircleSample circle && circle.Radius.Equals(Radius);
}

/// <summary>A shape of two numbers.</summary>
[MemoryPackable]
[GenerateSerializer]
public sealed partial class RectangleSample : ShapeSample
{
    /// <summary>Its first number.</summary>
    [Id(0)]
    public float Width { get; set; }

    /// <summary>Its second number.</summary>
    [Id(1)]
    public float Height { get; set; }

    internal override bool HasSameValues(ShapeSample other) =>
        other is RectangleSample rectangle && rectangle.Width.Equals(Width) && rectangle.Height.Equals(Height);
}

/// <summary>A dictionary of values of any type.</summary>
[GenerateSerializer]
public sealed class BagSample
{
    /// <summary>The values.</summary>
    [Id(0)]
    public Dictionary<string, object> Values { get; set; } = [];

    internal static BagSample Create(int i) => new()
    {
        Values = new(StringComparer.Ordinal) { ["id"] = i, ["name"] = $"bag {i}", ["weight"] = i / 2.0 },
    };

    internal bool HasSameValues(BagSample other) =>
        Values.Count == other.Values.Count
        && Values.All(one => other.Values.TryGetValue(one.Key, out var value) && value.Equals(one.Value));
}

/// <summary>A node that knows its parent.</summary>
[GenerateSerializer]
public sealed class TreeSample
{
    /// <summary>The node above it.</summary>
    [Id(0)]
    public TreeSample? Parent { get; set; }

    /// <summary>The nodes below it.</summary>
    [Id(1)]
    public List<TreeSample> Children { get; set; } = [];

    /// <summary>Its number.</summary>
    [Id(2)]
    public int Number { get; set; }

    internal static TreeSample Create(int i) => Create(i, null, depth: 2);

    internal bool HasSameValues(TreeSample other) =>
        Number == other.Number && Children.Count == other.Children.Count
        && other.Children.All(child => ReferenceEquals(child.Parent, other))
        && Children.Zip(other.Children).All(pair => pair.First.HasSameValues(pair.Second));

    private static TreeSample Create(int number, TreeSample? parent, int depth)
    {
        var tree = new TreeSample { Number = number, Parent = parent };
        for (var child = 0; depth > 0 && child < 2; child++)
            tree.Children.Add(Create(number + child, tree, depth - 1));
        return tree;
    }
}

/// <summary>An object with two children.</summary>
[GenerateSerializer]
public sealed class NodeSample
{
    /// <summary>The first child.</summary>
    [Id(0)]
    public NodeSample? Left { get; set; }

    /// <summary>The second child.</summary>
    [Id(1)]
    public NodeSample? Right { get; set; }

    internal static NodeSample CreateShared(int levels)
    {
        var node = new NodeSample();
        for (var level = 1; level < levels; level++)
            node = new NodeSample { Left = node, Right = node };
        return node;
    }

    internal bool HasSharedChildren(int levels)
    {
        var node = this;
        for (var level = 1; level < levels; level++)
        {
            if (node?.Left is null || !ReferenceEquals(node.Left, node.Right))
                return false;
            node = node.Left;
        }
        return node?.Left is null;
    }
}
