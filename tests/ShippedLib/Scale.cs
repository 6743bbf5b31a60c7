namespace ShippedLib;

/// <summary>What the program's functions call in another assembly.</summary>
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
