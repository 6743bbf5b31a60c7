using System.Reflection;
using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>Of what hash codes a value follows.</summary>
[Flags]
internal enum HashKinds
{
    None = 0,

    /// <summary>Those that differ from process to process.</summary>
    Unstable = 1,

    /// <summary>Those of a type parameter, which are the same everywhere if it is a number.</summary>
    OfParameter = 2,
}

/// <summary>What a value follows from.</summary>
/// <param name="Kinds">Hash codes.</param>
/// <param name="Arguments">A bit for each argument of the method.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HashTaint(HashKinds Kinds, ulong Arguments)
{
    public bool IsNone => Kinds is HashKinds.None && Arguments == 0;

    public static HashTaint operator |(HashTaint a, HashTaint b) => new(a.Kinds | b.Kinds, a.Arguments | b.Arguments);

    public static HashTaint ForArgument(int argument) => new(HashKinds.None, argument < 64 ? 1ul << argument : 0);
}

/// <summary>What an object holds.</summary>
/// <param name="Items">What its items follow from.</param>
/// <param name="Places">What the places of its items follow from.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HashContent(HashTaint Items, HashTaint Places)
{
    public bool IsNone => Items.IsNone && Places.IsNone;

    public static HashContent operator |(HashContent a, HashContent b) => new(a.Items | b.Items, a.Places | b.Places);
}

internal enum HashCellKind
{
    Argument,
    Local,

    /// <summary>An object that an instruction makes.</summary>
    Made,
    Field,
}

/// <summary>What may hold items.</summary>
internal readonly record struct HashCell(HashCellKind Kind, Module? Module, int Number)
{
    public static HashCell ForField(FieldInfo field) => new(HashCellKind.Field, field.Module, field.MetadataToken);
}

/// <summary>What is known of a value on the stack or in a local.</summary>
/// <param name="Taint">What it follows from.</param>
/// <param name="Place">What its place in a collection follows from.</param>
/// <param name="Within">What it is or belongs to.</param>
/// <param name="Type">Its type, if known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HashValue(HashTaint Taint, HashTaint Place, HashCell[] Within, Type? Type)
{
    private const int MaxCells = 8;

    public static HashValue Unknown { get; } = Of(null);

    public static HashValue Of(Type? type) => new(default, default, [], type);

    public static HashValue In(HashCell cell, Type? type) => new(default, default, [cell], type);

    /// <summary>Joins what is known where two ways through a method meet.</summary>
    public HashValue Join(HashValue other) => new(
        Taint | other.Taint, Place | other.Place, Join(Within, other.Within), Type == other.Type ? Type : null);

    public bool IsSame(HashValue other) =>
        Taint == other.Taint && Place == other.Place && Within.Length == other.Within.Length && Type == other.Type;

    public static HashCell[] Join(HashCell[] cells, HashCell[] others) =>
        others.Length == 0 || Array.TrueForAll(others, other => Array.IndexOf(cells, other) >= 0)
            ? cells
            : [.. cells.Union(others).Take(MaxCells)];
}
