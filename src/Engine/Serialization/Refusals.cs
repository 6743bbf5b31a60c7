using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace ActorPool.Serialization;

/// <summary>Says why a type's values cannot travel, and what to do instead.</summary>
internal static class Refusals
{
    private const string OrSkip = "Or mark its field [NonSerialized], and it arrives empty.";

    /// <summary>The types that no formatter could help; <see langword="null"/> for others.</summary>
    public static (string Reason, string Advice)? Of(Type type)
    {
        if (type.ContainsGenericParameters || type == typeof(void))
            return ("is no type of values", "Give its type arguments.");
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type == typeof(nint) || type == typeof(nuint))
            return ("is a pointer or a native handle", "It means nothing in another process: send a number or an array.");
        if (type.IsByRefLike)
            return ("lives on the stack", "Send an array or a Memory<T>.");
        if (type == typeof(object) || type == typeof(ValueType) || type == typeof(Enum) || type == typeof(Array))
            return ("may be anything", "Declare the type that it has: payloads name no types, so that no peer can choose what is constructed.");
        if (typeof(Delegate).IsAssignableFrom(type))
            return ("is a function", $"Only the job's own function is shipped: call it there, or send what it computes. {OrSkip}");
        if (typeof(MemberInfo).IsAssignableFrom(type) || typeof(Assembly).IsAssignableFrom(type) || typeof(Module).IsAssignableFrom(type))
            return ("is a piece of code", $"Send its name. {OrSkip}");
        if (typeof(Stream).IsAssignableFrom(type) || typeof(TextReader).IsAssignableFrom(type) || typeof(TextWriter).IsAssignableFrom(type))
            return ("is open in this process", $"Send what it is made of, a path or bytes, and open it there. {OrSkip}");
        if (typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            return ("is work of this process", $"Await it and send its result. {OrSkip}");
        if (type == typeof(CancellationToken) || type == typeof(CancellationTokenSource))
            return ("is a signal of this process", $"A function that takes a CancellationToken as its second parameter is given the job's. {OrSkip}");
        if (typeof(Thread).IsAssignableFrom(type) || typeof(WaitHandle).IsAssignableFrom(type) || type == typeof(Lock) || type == typeof(SemaphoreSlim))
            return ("belongs to this process", $"Synchronize where the work is done. {OrSkip}");
        if (typeof(CriticalFinalizerObject).IsAssignableFrom(type) || typeof(SafeHandle).IsAssignableFrom(type))
            return ("holds a handle of this process", $"Send what it is made of, and open it there. {OrSkip}");
        if (typeof(Exception).IsAssignableFrom(type))
            return ("is an exception", $"Throw it, and it travels as data; or send its message. {OrSkip}");
        if (typeof(CultureInfo).IsAssignableFrom(type))
            return ("is a culture", $"Send its name. {OrSkip}");
        return null;
    }

    /// <summary>The types whose fields are not the user's own, or do not say all; <see langword="null"/> for others. Asked after all formatters of known types.</summary>
    public static (string Reason, string Advice)? OfObject(Type type)
    {
        if (type.IsInterface)
            return ("is an interface", "Declare the type that it has: payloads name no types. Of interfaces, only .NET's collections travel.");
        if (type.IsAbstract)
            return ("is abstract", "Declare the type that it has: payloads name no types.");
        if (IsFramework(type))
            return ("is .NET's own, and not among those that travel", $"Send what it is made of, and make it there. {OrSkip}");
        for (var t = type.BaseType; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            if (IsFramework(t))
                return ($"derives from .NET's [{TypeText.Of(t)}]", $"Hold one in a field instead of deriving from it. {OrSkip}");
        }
        if (type.IsCOMObject)
            return ("is a COM object", $"Send what it is made of. {OrSkip}");
        if (type.IsDefined(typeof(InlineArrayAttribute), inherit: false))
            return ("is an inline array of references", "Send an array.");
        return null;
    }

    private static bool IsFramework(Type type)
    {
        var name = type.Assembly.GetName().Name ?? "";
        return type.Assembly == typeof(object).Assembly || name is "System" or "netstandard" or "mscorlib"
            || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);
    }
}
