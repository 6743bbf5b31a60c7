using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

#pragma warning disable CA1822, CA1852, MA0096, MA0097 // how a program may be written is what these tests are about

namespace ActorPool.Tests.Shipping;

/// <remarks>Types whose members read statics, and the program that sets these.</remarks>
public sealed partial class MadeObjectTests
{
    internal static class Modes
    {
        internal static int Sign = 1;
        internal static int Divisor = 1;
        internal static int Rate = 1;
        internal static bool IgnoresCase;
        internal static string Unit = "";

        public static void Set() => (Sign, Divisor, Rate, IgnoresCase, Unit) = (-1, 2, 3, true, "kg");
    }

    internal class Down : IComparer<int>
    {
        public static Down Default { get; } = new();

        public static IComparer<int> Create() => new Down();

        public int Compare(int x, int y) => Modes.Sign * x.CompareTo(y);

        public int Twice(int x) => 2 * x;
    }

    internal sealed class Up : Comparer<int>
    {
        public override int Compare(int x, int y) => Modes.Sign * y.CompareTo(x);
    }

    internal readonly struct DownValue : IComparer<int>
    {
        public int Compare(int x, int y) => Modes.Sign * x.CompareTo(y);
    }

    internal sealed class Parity : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x % Modes.Divisor == y % Modes.Divisor;

        public int GetHashCode(int number) => 0;
    }

    internal sealed class ParityComparer : EqualityComparer<int>
    {
        public override bool Equals(int x, int y) => x % Modes.Divisor == y % Modes.Divisor;

        public override int GetHashCode(int number) => 0;
    }

    internal sealed class Key(string text) : IComparable<Key>
    {
        public string Text => text;

        public int CompareTo(Key? other) => string.Compare(text, other?.Text, Rule);

        public override bool Equals(object? other) => other is Key key && string.Equals(text, key.Text, Rule);

        public override int GetHashCode() => text.GetHashCode(Rule);

        private static StringComparison Rule => Modes.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    }

    internal readonly struct ValueKey(int number) : IEquatable<ValueKey>
    {
        private readonly int _number = number;

        public bool Equals(ValueKey other) => _number % Modes.Divisor == other._number % Modes.Divisor;

        public override bool Equals(object? other) => other is ValueKey key && Equals(key);

        public override int GetHashCode() => 0;
    }

    internal sealed class Shown(int number)
    {
        public int Number => number;

        public override string ToString() => number.ToString(CultureInfo.InvariantCulture) + Modes.Unit;
    }

    internal sealed class Formatted(int number) : IFormattable
    {
        public string ToString(string? format, IFormatProvider? provider) => number.ToString(provider) + Modes.Unit;
    }

    internal sealed class Money : IFormatProvider, ICustomFormatter
    {
        public object? GetFormat(Type? type) => type == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? value, IFormatProvider? provider) => value + Modes.Unit;
    }

    internal sealed class Items : IEnumerable
    {
        public IEnumerator GetEnumerator()
        {
            yield return Modes.Sign;
        }
    }

    internal sealed class Walk : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => new Steps();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private sealed class Steps : IEnumerator<int>
        {
            private int _at;

            public int Current => Modes.Sign;

            object IEnumerator.Current => Current;

            public bool MoveNext() => _at++ < 2;

            public void Reset() => _at = 0;

            public void Dispose()
            {
            }
        }
    }

    internal sealed class Maker<T>
        where T : new()
    {
        public T Make() => new();
    }

    internal sealed class Order(int net)
    {
        public int Gross => net * Modes.Rate;
    }

    internal sealed class Basket(List<Order> orders)
    {
        public List<Order> Orders => orders;
    }

    internal sealed class Upper : MemoryStream
    {
        public override void WriteByte(byte value) => base.WriteByte((byte)(value * Modes.Rate));
    }

    internal interface IPricing
    {
        int Price(int net);
    }

    internal abstract class Pricing
    {
        public abstract int Round(int net);
    }

    internal sealed class Taxed : Pricing, IPricing
    {
        public int Rate => 2;

        public int Price(int net) => net * Modes.Rate;

        public override int Round(int net) => net / Modes.Divisor;
    }

    internal sealed record Wrapped(Key Key);

    internal sealed class Refused : Exception
    {
        public override string Message => Modes.Unit;
    }

    internal sealed class Rounded : JsonConverter<int>
    {
        public override int Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetInt32();

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value / Modes.Divisor);
    }

    internal sealed class Closing : IDisposable
    {
        public void Dispose() => GC.KeepAlive(Modes.Unit);
    }

    internal sealed class Plain : IComparer<int>
    {
        public int Compare(int x, int y) => y.CompareTo(x);
    }

    internal sealed class Fixed : IComparer<int>
    {
        private static readonly int s_sign = -1;

        public int Compare(int x, int y) => s_sign * x.CompareTo(y);
    }
}
