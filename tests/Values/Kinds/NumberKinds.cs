using System.Collections.Specialized;
using System.Drawing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Numbers, enumerations and structs of the framework.</summary>
public sealed class NumberKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("bool", () => true, v => Of(v)),
        Kind.Of("byte", () => (byte)200, v => Of(v + 1)),
        Kind.Of("sbyte", () => sbyte.MinValue, v => Of(v)),
        Kind.Of("short", () => (short)-12345, v => Of(v)),
        Kind.Of("ushort", () => ushort.MaxValue, v => Of(v)),
        Kind.Of("int", () => int.MinValue, v => Of(v)),
        Kind.Of("uint", () => uint.MaxValue, v => Of(v)),
        Kind.Of("long", () => long.MinValue + 1, v => Of(v)),
        Kind.Of("ulong", () => ulong.MaxValue, v => Of(v)),
        Kind.Of("Int128", () => Int128.MinValue, v => Of(v)),
        Kind.Of("UInt128", () => UInt128.MaxValue, v => Of(v)),
        Kind.Of("Half", () => (Half)1.5, v => Of(v, BitConverter.HalfToUInt16Bits(v))),
        Kind.Of("float", () => 0.1f, v => Of(v)),
        Kind.Of("double", () => Math.PI, v => Of(BitConverter.DoubleToInt64Bits(v))),
        Kind.Of("double: negative zero", () => -0.0, v => Of(BitConverter.DoubleToInt64Bits(v))),
        Kind.Of("double: NaN with a payload", () => BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234),
            v => Of(BitConverter.DoubleToInt64Bits(v))),
        Kind.Of("float: NaN with a payload", () => BitConverter.Int32BitsToSingle(0x7FC0_1234), v => Of(BitConverter.SingleToInt32Bits(v))),
        Kind.Of("decimal: scale", () => 1.100m, v => Of(v, v.Scale)),
        Kind.Of("decimal: negative zero", () => new decimal(0, 0, 0, true, 3), v => Items(decimal.GetBits(v))),
        Kind.Of("char", () => 'ä', v => Of((int)v)),
        Kind.Of("char: half of a pair", () => '\uD83D', v => Of((int)v)),
        Kind.Of("BigInteger", () => BigInteger.Pow(-7, 100), v => Of(v)),
        Kind.Of("Complex", () => new Complex(1.5, -2), v => Of(v.Real, v.Imaginary)),
        Kind.Of("Vector2", () => new Vector2(1, 2), v => Of(v.X, v.Y)),
        Kind.Of("Vector3", () => new Vector3(1, 2, 3), v => Of(v.LengthSquared())),
        Kind.Of("Vector4", () => new Vector4(1, 2, 3, 4), v => Of(v.W)),
        Kind.Of("Quaternion", () => new Quaternion(1, 2, 3, 4), v => Of(v.W)),
        Kind.Of("Plane", () => new Plane(1, 2, 3, 4), v => Of(v.D)),
        Kind.Of("Matrix3x2", () => Matrix3x2.CreateScale(2, 3), v => Of(v.M11, v.M22, v.IsIdentity)),
        Kind.Of("Matrix4x4", () => Matrix4x4.CreateScale(2, 3, 4), v => Of(v.M11, v.M22, v.M33, v.GetDeterminant())),
        Kind.Of("Vector128", () => Vector128.Create(1, 2, 3, 4), v => Of(v[0], v[3])),
        Kind.Of("Vector256", () => Vector256.Create(7L), v => Of(v[3])),
        Kind.Of("Index", () => ^3, v => Of(v.GetOffset(10))),
        Kind.Of("Range", () => 1..^2, v => Of(v.GetOffsetAndLength(10))),
        Kind.Of("Guid", () => new Guid("01234567-89ab-cdef-0123-456789abcdef"), v => Of(v)),
        Kind.Of("int?: null", () => (int?)null, v => Of(v.HasValue)),
        Kind.Of("int?: a value", () => (int?)5, v => Of(v)),
        Kind.Of("decimal?", () => (decimal?)1.10m, v => Of(v)),
        Kind.Of("Guid?: null", () => (Guid?)null, v => Of(v is null)),
        Kind.Of("enum", () => DayOfWeek.Friday, v => Of(v)),
        Kind.Of("enum: flags", () => FileAttributes.Hidden | FileAttributes.System, v => Of(v, v.HasFlag(FileAttributes.System))),
        Kind.Of("enum: undefined value", () => (DayOfWeek)99, v => Of((int)v)),
        Kind.Of("enum of one's own: byte", () => Small.High, v => Of(v, (byte)v)),
        Kind.Of("enum of one's own: ulong", () => Large.Highest, v => Of(v, (ulong)v)),
        Kind.Of("enum?", () => (Small?)Small.High, v => Of(v)),
        Kind.Of("enum as key", () => new Dictionary<Small, int> { [Small.High] = 3 }, v => Of(v[Small.High])),
        Kind.Of("NFloat", () => new NFloat(1.5), v => Of(v)),
        Kind.Of("nint", () => (nint)5, v => Of(v)),
        Kind.Of("nuint array", () => new nuint[] { 5 }, v => Of(v[0])),
        Kind.Of("BitVector32", () => new BitVector32(0b1010), v => Of(v[2], v[8], v.Data)),
        Kind.Of("Point", () => new Point(1, 2), v => Of(v.X, v.Y)),
        Kind.Of("PointF", () => new PointF(1.5f, 2), v => Of(v.X, v.Y)),
        Kind.Of("Rectangle", () => new Rectangle(1, 2, 3, 4), v => Of(v.Right, v.Bottom)),
        Kind.Of("SizeF", () => new SizeF(1, 2), v => Of(v.Height)),
        Kind.Of("Color: named", () => Color.CornflowerBlue, v => Of(v.Name, v.IsNamedColor, v == Color.CornflowerBlue)),
        Kind.Of("Color: from parts", () => Color.FromArgb(1, 2, 3, 4), v => Of(v.A, v.R, v.G, v.B, v.IsNamedColor)),
        Kind.Of("struct of its own", () => new Money(12.50m, "EUR"), v => Of(v.Amount, v.Currency)),
        Kind.Of("struct: default", () => default(Money), v => Of(v.Amount, v.Currency)),
        Kind.Of("struct: only numbers", () => new Cell { Row = 3, Column = 4 }, v => Of(v.Row, v.Column)),
        Kind.Of("struct: packed", () => new Packed { Flag = 1, Value = 2.5 }, v => Of(v.Flag, v.Value)),
        Kind.Of("struct: numbers in the same memory", () => new Union { Number = 0x3FF0_0000_0000_0000 }, v => Of(v.Real)),
        Kind.Of("struct: references in the same memory", () => new Overlap { Text = "text" }, v => Of(v.Text)),
        Kind.Of("struct: fixed buffer", MakeBuffer, SumBuffer),
        Kind.Of("struct: inline array", MakeFour, v => Of(v[0], v[3])),
        Kind.Of("struct: inline array of texts", MakeTexts, v => Of(v[0], v[1])),
        Kind.Of("struct: NonSerialized number", () => new Skipping { Kept = 1 }, v => Of(v.Kept, v.Skipped)),
        Kind.Of("struct?: null", () => (Money?)null, v => Of(v is null)),
        Kind.Of("struct?: a value", () => (Money?)new Money(1, "CHF"), v => Of(v!.Value.Currency)),
        Kind.Of("units in a struct", () => new Metre(3) + new Metre(4), v => Of(v.Value)),
    ];

    private static unsafe Buffer MakeBuffer()
    {
        var buffer = default(Buffer);
        for (var i = 0; i < 8; i++)
            buffer.Numbers[i] = i * i;
        return buffer;
    }

    private static unsafe string SumBuffer(Buffer buffer)
    {
        var sum = 0;
        for (var i = 0; i < 8; i++)
            sum += buffer.Numbers[i];
        return Of(sum);
    }

    private static Four MakeFour()
    {
        var four = default(Four);
        (four[0], four[3]) = (5, 8);
        return four;
    }

    private static Texts MakeTexts()
    {
        var texts = default(Texts);
        texts[1] = "one";
        return texts;
    }

    public enum Small : byte
    {
        Low,
        High = 200,
    }

    public enum Large : ulong
    {
        None,
        Highest = ulong.MaxValue,
    }

    public readonly record struct Money(decimal Amount, string? Currency);

    public struct Cell
    {
        public int Row;
        public int Column;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct Packed
    {
        public byte Flag;
        public double Value;
    }

    [StructLayout(LayoutKind.Explicit)]
    public struct Union
    {
        [FieldOffset(0)] public long Number;
        [FieldOffset(0)] public double Real;
    }

    [StructLayout(LayoutKind.Explicit)]
    public struct Overlap
    {
        [FieldOffset(0)] public string? Text;
        [FieldOffset(0)] public int[]? Numbers;
    }

    public unsafe struct Buffer
    {
        public fixed int Numbers[8];
    }

    [InlineArray(4)]
    public struct Four
    {
        private int _first;
    }

    [InlineArray(2)]
    public struct Texts
    {
        private string? _first;
    }

    public struct Skipping
    {
        public int Kept;
        [NonSerialized] public int Skipped;
    }

    public readonly struct Metre(double value)
    {
        public double Value { get; } = value;

        public static Metre operator +(Metre one, Metre other) => new(one.Value + other.Value);
    }
}
