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

    /// <summary>None, but addresses and handles of the process.</summary>
    Address = 4,
}

/// <summary>Whether a value is where something stands.</summary>
internal enum HashReference
{
    None,

    /// <summary>A reference to a variable, a field or an item.</summary>
    Place,

    /// <summary>A pointer.</summary>
    Pointer,
}

/// <summary>What a value follows from.</summary>
/// <param name="Kinds">Hash codes.</param>
/// <param name="Arguments">A bit for each argument of the method.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HashTaint(HashKinds Kinds, ulong Arguments)
{
    public bool IsNone => Kinds is HashKinds.None && Arguments == 0;

    public HashTaint RemoveAddress() => this with { Kinds = Kinds & ~HashKinds.Address };

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

    /// <summary>The method of a delegate.</summary>
    Function,
}

/// <summary>What may hold items.</summary>
internal readonly record struct HashCell(HashCellKind Kind, Module? Module, int Number)
{
    public static HashCell ForField(FieldInfo field) => new(HashCellKind.Field, field.Module, field.MetadataToken);

    public static HashCell ForFunction(MethodBase method) => new(HashCellKind.Function, method.Module, method.MetadataToken);
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

    /// <summary>Whether it is where something stands; then all else is known of that.</summary>
    public HashReference Reference { get; init; }

    public static HashValue Unknown { get; } = Of(null);

    public static HashValue Of(Type? type) => new(default, default, [], type);

    public static HashValue In(HashCell cell, Type? type) => new(default, default, [cell], type);

    /// <summary>Joins what is known where two ways through a method meet.</summary>
    public HashValue Join(HashValue other) => new(
        Taint | other.Taint, Place | other.Place, Join(Within, other.Within), Type == other.Type ? Type : null)
    {
        Reference = Reference > other.Reference ? Reference : other.Reference,
    };

    public bool IsSame(HashValue other) =>
        Taint == other.Taint && Place == other.Place && Within.Length == other.Within.Length && Type == other.Type
        && Reference == other.Reference;

    /// <summary>What it is once it is in a variable of a type.</summary>
    /// <remarks>A pointer says nothing of what it points to. The number that is made of it is an address.</remarks>
    public HashValue As(Type declared)
    {
        if (IsPointer(declared))
            return this with { Taint = Taint.RemoveAddress(), Type = declared, Reference = HashReference.Pointer };
        if (declared.IsByRef)
            return this with { Reference = HashReference.Place };
        return Reference is HashReference.Pointer ? ToNumber() with { Type = declared } : this;
    }

    /// <summary>The number that a pointer is.</summary>
    public HashValue ToNumber() => Unknown with { Taint = Taint | new HashTaint(HashKinds.Address, 0) };

    /// <summary>What stands where it points to.</summary>
    public HashValue Read()
    {
        var type = Type is { HasElementType: true, IsArray: false } ? Type.GetElementType() : Type;
        if (Reference is HashReference.None && (type is null || IsNative(type))) // a number that is used as a pointer
            return this with { Taint = new HashTaint(Taint.Kinds & ~HashKinds.Address, 0), Type = null };
        return this with
        {
            Taint = Reference is HashReference.Pointer ? Taint.RemoveAddress() : Taint,
            Type = type,
            Reference = type is not null && IsPointer(type) ? HashReference.Pointer : HashReference.None,
        };
    }

    public static bool IsPointer(Type type) => type.IsPointer || type.IsFunctionPointer;

    public static bool IsNative(Type type) => type == typeof(nint) || type == typeof(nuint);

    /// <summary>What a value of a type is before anything is known of it.</summary>
    public static HashReference GetReference(Type? type) =>
        type is null ? HashReference.None : IsPointer(type) ? HashReference.Pointer
        : type.IsByRef ? HashReference.Place : HashReference.None;

    public static HashCell[] Join(HashCell[] cells, HashCell[] others) =>
        others.Length == 0 || Array.TrueForAll(others, other => Array.IndexOf(cells, other) >= 0)
            ? cells
            : [.. cells.Union(others).Take(MaxCells)];
}
