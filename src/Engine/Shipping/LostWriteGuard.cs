using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using Akka.Event;

namespace ActorPool.Shipping;

/// <summary>Warns of, or refuses, functions that do not mean the same on nodes.</summary>
/// <remarks>
/// Each function is looked at once; a later call costs a look-up, unless it captures other functions: those may be others each time. Each
/// type of values is looked at once.
/// </remarks>
internal sealed class LostWriteGuard(LostWriteMode mode, ILoggingAdapter log, params Delegate?[] initializers)
{
    private readonly ConditionalWeakTable<MethodInfo, Known> _known = [];
    private readonly ConcurrentDictionary<(Guid Module, int Token), bool> _logged = new(); // at most the functions of the program
    private readonly ConcurrentDictionary<(Guid Module, int Token), bool> _capturing = new();
    private readonly Lazy<HashSet<FieldInfo>> _initialized = new(() => FunctionWarnings.FindInitialized(initializers));

    /// <summary>Checks a function of a call; null is none.</summary>
    /// <exception cref="FunctionNotShippableException">The function is to be refused.</exception>
    public void Check(Delegate? function)
    {
        if (mode is LostWriteMode.Ignore || function is null)
            return;
        if (!_known.TryGetValue(function.Method, out var known) || known.Varies)
        {
            known = new Known([.. FunctionWarnings.Find(function, _initialized)], FunctionWarnings.CapturesFunctions(function));
            _known.AddOrUpdate(function.Method, known);
            if (mode is LostWriteMode.Warn)
                Write(known.Warnings);
        }
        if (mode is LostWriteMode.Refuse && known.Warnings is [var first, ..])
        {
            throw new FunctionNotShippableException(
                $"{first.Format()} It is refused because actorpool.cluster.lost-writes is [refuse].", first.Function, first.Writes[0].Name);
        }
    }

    /// <summary>Checks the type of a value that is sent, when it is first sent.</summary>
    /// <exception cref="PayloadException">Values of the type are to be refused.</exception>
    public void Check(Type type)
    {
        if (mode is LostWriteMode.Ignore)
            return;
        FunctionWarning[] warnings = [.. ValueWarnings.Find(type, _initialized)];
        if (mode is LostWriteMode.Warn)
        {
            Write(warnings);
        }
        else if (warnings is [var first, ..])
        {
            throw new PayloadException($"{first.Format()} It is refused because actorpool.cluster.lost-writes is [refuse].")
            {
                Member = TypeText.Format(type),
            };
        }
    }

    /// <summary>Tells of an input that the function captured, too.</summary>
    /// <exception cref="FunctionNotShippableException">The job is to be refused.</exception>
    public void CheckCaptured(Delegate function, long index, object input)
    {
        if (mode is LostWriteMode.Ignore)
            return;
        var text = FunctionWarning.FormatCaptured(function.Method, index, input);
        if (mode is LostWriteMode.Refuse)
        {
            throw new FunctionNotShippableException(
                $"{text} It is refused because actorpool.cluster.lost-writes is [refuse].", CompilerNames.FormatFunction(function.Method));
        }
        if (_capturing.TryAdd((function.Method.Module.ModuleVersionId, function.Method.MetadataToken), true))
            log.FunctionDiffers(text);
    }

    private void Write(FunctionWarning[] warnings)
    {
        foreach (var warning in warnings)
        {
            // Another function may capture it, and the object that describes a method may be made anew.
            if (_logged.TryAdd((warning.Method.Module.ModuleVersionId, warning.Method.MetadataToken), true))
                log.FunctionDiffers(warning.Format());
        }
    }

    /// <param name="Warnings">What was found.</param>
    /// <param name="Varies">Whether the function captures others, which may be others at the next call.</param>
    private sealed record Known(FunctionWarning[] Warnings, bool Varies);
}
