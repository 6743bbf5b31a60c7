namespace ShippedLib;

/// <summary>A method of another assembly that the program's functions call.</summary>
public static class Scale
{
    public static int Triple(int value) => value * 3;
}

/// <summary>A type of a dependency that functions capture.</summary>
public sealed class Factor
{
    public Factor(int value) => Value = value;

    public int Value { get; }
}
