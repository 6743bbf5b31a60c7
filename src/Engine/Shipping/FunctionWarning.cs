using System.Reflection;
using System.Text;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>A function that means something else on a node, and why.</summary>
/// <param name="Method">The function.</param>
/// <param name="Function">The function in its author's words.</param>
/// <param name="Writes">The variables; at least one.</param>
internal sealed record FunctionWarning(MethodInfo Method, string Function, IReadOnlyList<LostWrite> Writes)
{
    private const string JoinHere =
        "If the caller reads it, return the values and join them here, use AggregateAsync, or keep them in WorkerState.";

    /// <summary>Says in one line what the function does, to which variables, and what to do.</summary>
    public string Format()
    {
        var text = new StringBuilder($"[{Function}] does not mean the same on a node as here.");
        Add(text, LostWriteKind.ChangesCaptured, "It changes", "which it captures: a node changes its own copy.", JoinHere);
        Add(text, LostWriteKind.ChangesStatic, "It changes the static", "which each node has for itself.", JoinHere);
        Add(text, LostWriteKind.ChangesInput, "It changes its input", "of which a node has a copy, and returns nothing.",
            "If the caller reads it, return it, and use what MapAsync returns.");
        Add(text, LostWriteKind.ReadsStatic, "It reads the static", "which this program sets: a node has its initial value.",
            "Capture the value in a local variable, or set the static in WorkerPoolOptions.Initializer.");
        Add(text, LostWriteKind.ReadsRandom, "It reads the static", "whose initializer is random: each process has another value.",
            "Capture the value in a local variable, or make it from a fixed seed.");
        Add(text, LostWriteKind.ReadsOrder, "It reads the static",
            "whose initializer counts: the value follows from the order in which a process first uses its classes.",
            "Give it a fixed value, or send what does not depend on it.");
        return text.ToString();
    }

    /// <summary>Says that an input is also an object that the function captured.</summary>
    public static string FormatCaptured(MethodInfo function, long index, object input) =>
        $"[{CompilerNames.FormatFunction(function)}] does not mean the same on a node as here. Its input [{index}], a "
        + $"[{TypeText.Format(input.GetType())}], is also in what it captures: a node gets two copies, which are not the same object. "
        + "Send both in one item with StarMapAsync, or send a key, and look it up in what the function captures.";

    private void Add(StringBuilder text, LostWriteKind kind, string verb, string reason, string advice)
    {
        var names = Writes.Where(w => w.Kind == kind).Select(w => w.ToString()).ToArray();
        if (names.Length > 0)
            text.Append(' ').Append(verb).Append(' ').AppendJoin(", ", names).Append(", ").Append(reason).Append(' ').Append(advice);
    }
}
