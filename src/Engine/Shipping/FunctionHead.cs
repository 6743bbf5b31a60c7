using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>What makes a delegate, before its object is known.</summary>
/// <param name="Type">The delegate's type.</param>
/// <param name="Method">Its method.</param>
/// <param name="Closure">The object that holds its captured variables, without them; null for a function that has none.</param>
/// <param name="HasObject">Whether the method is called on a value.</param>
/// <param name="Admission">Which code callers may call; null for any.</param>
internal sealed record FunctionHead(Type Type, MethodInfo Method, object? Closure, bool HasObject, CodeAdmission? Admission)
{
    /// <exception cref="InvalidDataException">The method does not fit the delegate's type or the object.</exception>
    /// <exception cref="FunctionNotShippableException">Callers may not call methods of the object.</exception>
    public Delegate Create(object? target)
    {
        if (HasObject && target is null)
            throw new InvalidDataException("A function's object is null.");
        if (target is not null && !Method.IsStatic)
            Admission?.CheckCall(target.GetType()); // it may override the method
        return (target is null
            ? Delegate.CreateDelegate(Type, Method, throwOnBindFailure: false)
            : Delegate.CreateDelegate(Type, target, Method, throwOnBindFailure: false))
            ?? throw new InvalidDataException($"[{Method.DeclaringType}.{Method.Name}] does not fit [{Type}].");
    }
}
