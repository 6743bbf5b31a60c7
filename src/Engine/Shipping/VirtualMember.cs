using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>A method that is called by way of an interface or a base class.</summary>
/// <param name="Called">The method that a call names.</param>
/// <param name="Method">The method that runs.</param>
internal sealed record VirtualMember(MethodInfo Called, MethodInfo Method);
