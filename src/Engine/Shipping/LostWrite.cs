using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>How a function uses a variable that is another one on a node.</summary>
internal enum LostWriteKind
{
    /// <summary>It changes a captured variable, or what that holds.</summary>
    ChangesCaptured,

    /// <summary>It changes a static field, or what that holds.</summary>
    ChangesStatic,

    /// <summary>It changes an input, and returns nothing.</summary>
    ChangesInput,

    /// <summary>It reads a static field that the program sets.</summary>
    ReadsStatic,

    /// <summary>It reads a static field whose initializer is random.</summary>
    ReadsRandom,

    /// <summary>It reads a static field whose value depends on which class is used first.</summary>
    ReadsOrder,
}

/// <summary>A variable because of which a function cannot mean the same on a node.</summary>
/// <param name="Kind">What the function does with it.</param>
/// <param name="Name">Its name in the author's words.</param>
/// <param name="Call">The method that changes it; null where the function assigns it.</param>
/// <param name="Static">The static field; null for a captured variable.</param>
internal sealed record LostWrite(LostWriteKind Kind, string Name, string? Call, FieldInfo? Static)
{
    public override string ToString() => Call is null ? $"[{Name}]" : $"[{Name}] ({Call})";
}
