using System.Globalization;
using ActorPool.Serialization;
using ActorPool.Values.FSharp;
using ActorPool.Values.Kinds;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>An object that a read-only static field holds arrives as that object.</summary>
public sealed class StaticInstancesTests
{
    public static TheoryData<string> Held => [.. s_held.Keys];

    public static TheoryData<string> Free => [.. s_free.Keys];

    private static readonly Dictionary<string, object> s_held = new(StringComparer.Ordinal)
    {
        ["in an interface"] = IShape.Empty,
        ["in an interface of the base class"] = IShape.Large,
        ["in a generic interface"] = IOption<int>.None,
        ["declared as an interface of .NET"] = ByLength.Instance,
        ["of parameters of a primary constructor"] = Status.New,
        ["of properties with a private setter"] = Grade.Best,
        ["of a private setter in the field's initializer"] = Tagged.First,
        ["of an internal field"] = Weekday.Monday,
        ["of a public field of a generic base class"] = Suit.Hearts,
        ["of a protected field that the derived class's constructor sets"] = Planet.Mars,
        ["of a field that another assembly could set"] = OpenLevel.High,
        ["in another class"] = Widget.Width,
        ["in another class, of a generic class"] = Widget.Height,
        ["in another class, by an interface"] = Symbols.Plus,
        ["in another class, declared as a base class"] = Symbols.Ready,
        ["in an object of a static field"] = Deck.Standard.Joker,
        ["in a tuple of a static field"] = Deck.Ends.Last,
        ["in a structure of a static field"] = Deck.Left.Data,
        ["in a module of F#"] = Types.Paints.red,
        ["static let of F#"] = Types.Paint.Blue,
        ["static member val of F#"] = Types.Paint.Green,
    };

    private static readonly Dictionary<string, object> s_free = new(StringComparer.Ordinal)
    {
        ["in an interface, and can change"] = IShape.Changing,
        ["of a parameter that a method changes"] = Counted.First,
        ["of a property that a method sets"] = Renamed.First,
        ["of an internal field that another class sets"] = Volume.Default,
        ["of an internal field whose address another class takes"] = Volume.Loud,
        ["of a public field of a generic base class that a method sets"] = Gear.First,
        ["of a field that another assembly sets"] = TunedLevel.High,
        ["in another class, and can change"] = Symbols.Counter,
        ["in another class, and compared by what it holds"] = Symbols.Origin,
        ["in a class that has a static constructor"] = Started.Symbol,
        ["equal to one in an interface"] = new Square(0),
        ["in a mutable value of F#"] = Types.Paints.chosen,
        ["static let mutable of F#"] = Types.Paint.Latest,
        ["static member val of F# with a setter"] = Types.Paint.Current,
        ["in a module of F#, and can change"] = Types.Paints.shared,
        ["record in a module of F#"] = Types.Paints.someone,
        ["an F# object that no field holds"] = new Types.Paint("red"),
    };

    [Theory]
    [MemberData(nameof(Held))]
    public async Task What_a_field_holds_is_the_same_object(string what) => Assert.Same(s_held[what], await TripOneAsync(s_held[what]));

    [Theory]
    [MemberData(nameof(Free))]
    public async Task What_may_be_another_one_is_a_copy(string what)
    {
        var copy = await TripOneAsync(s_free[what]);
        Assert.NotSame(s_free[what], copy);
        Assert.IsType(s_free[what].GetType(), copy);
    }

    [Fact]
    public async Task A_sentinel_of_an_interface_that_can_change_is_the_same_in_what_implements_it()
    {
        var copy = await TripOneAsync(new Group(IShape.Changing));
        Assert.Same(IShape.Changing, copy.First);
    }

    [Fact]
    public void The_content_of_FSharp_objects_counts()
    {
        Assert.Equal(StaticContent.ComputeDigest(new Types.Paint("a")), StaticContent.ComputeDigest(new Types.Paint("a")));
        Assert.NotEqual(StaticContent.ComputeDigest(new Types.Paint("a")), StaticContent.ComputeDigest(new Types.Paint("b")));
    }

    [Fact]
    public async Task The_end_of_a_tree_that_another_class_holds_is_the_same()
    {
        var copy = await TripOneAsync(new Tree { Root = new TreeNode { Left = Tree.End } });
        Assert.Same(Tree.End, copy.Root.Left);
        Assert.Same(Tree.End, (await TripOneAsync(new Tree())).Root);
    }

    [Fact]
    public async Task A_class_that_cannot_start_does_not_keep_values_from_traveling() =>
        Assert.Equal(3, (await TripOneAsync(new Setting(3))).Value);

    private class Prop(string name)
    {
        public string Name { get; } = name;
    }

    private sealed class Prop<T>(string name) : Prop(name);

    private static class Widget
    {
        public static readonly Prop Width = new("width");
        public static readonly Prop<double> Height = new("height");
    }

    private interface ISymbol;

    private sealed class Operator(char sign) : ISymbol
    {
        public override string ToString() => $"{sign}";
    }

    private sealed class Count : ISymbol
    {
        public int Value { get; set; }
    }

    private sealed record Origin(int X) : ISymbol;

    private static class Symbols
    {
        public static readonly ISymbol Plus = new Operator('+');
        public static readonly ISymbol Counter = new Count();
        public static readonly ISymbol Origin = new Origin(0);
        public static readonly Prop Ready = new Prop<bool>("ready");
    }

    [Fact]
    public async Task An_object_and_what_it_holds_are_the_same_in_one_item()
    {
        var (joker, deck) = await TripOneAsync((Deck.Standard.Joker, Deck.Standard));
        Assert.Same(Deck.Standard, deck);
        Assert.Same(deck.Joker, joker);
        Assert.NotSame(Deck.Standard.Joker, await TripOneAsync(new Card("joker")));
    }

    private sealed class Card(string name)
    {
        public string Name { get; } = name;
    }

    private readonly struct Hand(Card data)
    {
        public Card Data { get; } = data;
    }

    private sealed class Deck
    {
        public static readonly Deck Standard = new();
        public static readonly (Card First, Card Last) Ends = (new("2"), new("A"));
        public static readonly Hand Left = new(new("left"));

        public Card Joker { get; } = new("joker");
    }

    private static class Started
    {
        public static readonly ISymbol Symbol;

        static Started() => Symbol = new Operator('-');
    }

    private sealed class TreeNode
    {
        public TreeNode Left { get; set; } = null!;
    }

    private sealed class Tree
    {
        public static readonly TreeNode End = new();

        public TreeNode Root { get; set; } = End;
    }

    private sealed class Setting(int value)
    {
        public int Value { get; } = value;
    }

    private static class Broken
    {
        public static readonly Setting Default = new(int.Parse("none", CultureInfo.InvariantCulture));
    }

    private sealed class Status(int id, string name)
    {
        public static readonly Status New = new(1, "new");

        public override string ToString() => $"{id} {name}";
    }

    private abstract class Ranked
    {
        protected Ranked(int rank) => Rank = rank;

        public int Rank { get; private set; }
    }

    private sealed class Grade(int rank) : Ranked(rank)
    {
        public static readonly Grade Best = new(1);
    }

    private sealed class Tagged
    {
        public static readonly Tagged First = new() { Tag = "first" };

        public string Tag { get; private set; } = "";
    }

    private sealed class Counted(int count)
    {
        public static readonly Counted First = new(1);

#pragma warning disable MA0143 // this parameter changes
        public int Next() => ++count;
#pragma warning restore MA0143
    }

    private sealed class Weekday
    {
        public static readonly Weekday Monday = new("monday");

        internal string Name;

        private Weekday(string name) => Name = name;
    }

    private abstract class Listed<T>
        where T : Listed<T>
    {
        public string Name;

        protected Listed(string name) => Name = name;
    }

    private sealed class Suit : Listed<Suit>
    {
        public static readonly Suit Hearts = new("hearts");

        private Suit(string name) : base(name)
        {
        }
    }

    private abstract class Body
    {
        protected double Weight;

        public override string ToString() => $"{Weight}";
    }

    private sealed class Planet : Body
    {
        public static readonly Planet Mars = new(0.1);

        private Planet(double weight) => Weight = weight;
    }

    private abstract class Turning<T>
    {
        public int Teeth;
    }

    private sealed class Gear : Turning<int>
    {
        public static readonly Gear First = new();

        public static void Set(Turning<int> gear) => gear.Teeth = 3;
    }

    private sealed class Volume
    {
        public static readonly Volume Default = new();
        public static readonly Knob Loud = new();

        internal int Level;
    }

    private sealed class Knob
    {
        internal int Turns;
    }

    private static class Mixer
    {
        public static void Mute() => Volume.Default.Level = 0;

        public static void Tune() => Turn(ref Volume.Loud.Turns);

        public static void Tune(TunedLevel level) => level.Weight++;

        private static void Turn(ref int turns) => turns++;
    }

    private sealed class Renamed
    {
        public static readonly Renamed First = new() { Name = "first" };

        public string Name { get; private set; } = "";

        public void Rename(string name) => Name = name;
    }

    private interface IShape
    {
        static readonly IShape Empty = new Square(0);
        static readonly IShape Large = new Cube(9);
        static readonly IShape Changing = new Blob { Area = 3 };

        int Area { get; }
    }

    private interface IOption<T>
    {
        static readonly IOption<T> None = new Missing<T>();
    }

    private sealed class Missing<T> : IOption<T>;

    private class Square(int side) : IShape
    {
        private readonly int _side = side;

        public int Area => _side * _side;
    }

    private sealed class Cube(int side) : Square(side);

    private sealed class Blob : IShape
    {
        public int Area { get; set; }
    }

    private sealed class Group(IShape first) : IShape
    {
        public IShape First { get; } = first;
        public int Area => First.Area;
    }

    private sealed class ByLength : IComparer<string>
    {
        public static readonly IComparer<string> Instance = new ByLength();

        public int Compare(string? x, string? y) => (x?.Length ?? 0).CompareTo(y?.Length ?? 0);
    }
}
