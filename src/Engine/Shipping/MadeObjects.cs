using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Shipping;

/// <summary>Which methods of the objects that a function makes run there without being named.</summary>
/// <remarks>
/// .NET's code calls what overrides or implements its own members, if it may get the object: by a parameter, or by a type argument. An
/// interface or base class of the program counts where the function calls its member. Serializers read properties.
/// </remarks>
internal sealed class MadeObjects
{
    private static readonly string[] s_ends = ["Finalize", nameof(IDisposable.Dispose), nameof(IAsyncDisposable.DisposeAsync)];
    private static readonly string[] s_texts = [nameof(ToString), nameof(ISpanFormattable.TryFormat)];

    private readonly HashSet<Type> _made = [];
    private readonly HashSet<MethodBase> _called = [];
    private readonly HashSet<Type> _returned = [];
    private readonly HashSet<MethodInfo> _reached = [];
    private bool _hasChanged;

    /// <summary>The function has an object of a type.</summary>
    public void Make(Type? type)
    {
        if (type is { IsAbstract: false, ContainsGenericParameters: false } && !HostAssemblies.IsHost(type.Assembly)
            && !WriteScan.IsCompilers(type) && !typeof(Delegate).IsAssignableFrom(type))
            _hasChanged |= _made.Add(type);
    }

    /// <summary>The function calls or mentions a method.</summary>
    public void Call(MethodBase method)
    {
        if (method.DeclaringType is not { } owner || typeof(Delegate).IsAssignableFrom(owner))
            return;
        if (method.IsGenericMethod && method is MethodInfo { ContainsGenericParameters: false } generic)
            MakeArguments(generic.GetGenericArguments(), generic.GetGenericMethodDefinition().GetGenericArguments(), generic);
        if (owner is { IsGenericType: true, ContainsGenericParameters: false })
            MakeArguments(owner.GetGenericArguments(), owner.GetGenericTypeDefinition().GetGenericArguments(), maker: null);
        if (method.IsVirtual || HostAssemblies.IsHost(owner.Assembly) && !LooksAtReference(owner))
            _hasChanged |= _called.Add(method);
    }

    /// <summary>Finds the methods that may run, each once.</summary>
    public IReadOnlyList<MethodInfo> Take()
    {
        if (!_hasChanged)
            return [];
        _hasChanged = false;
        VirtualMember[] called = [.. _made.SelectMany(FindCalled)];
        // .NET gets what such a method returns: an enumerator.
        foreach (var member in called)
            _hasChanged |= HostAssemblies.IsHost(member.Called.Module.Assembly) && _returned.Add(member.Called.ReturnType);
        return [.. called.Select(member => member.Method).Concat(_called.SelectMany(Properties.Find)).Where(_reached.Add)];
    }

    // A method that takes no such object makes it (Activator), as "new T()" does; so does one that may write default(T).
    private void MakeArguments(Type[] arguments, Type[] parameters, MethodInfo? maker)
    {
        const GenericParameterAttributes Makes =
            GenericParameterAttributes.DefaultConstructorConstraint | GenericParameterAttributes.NotNullableValueTypeConstraint;
        for (var i = 0; i < arguments.Length; i++)
        {
            var constraints = parameters[i].GenericParameterAttributes & Makes;
            if (constraints is not GenericParameterAttributes.None || maker is not null && !TypeParts.Takes(maker, arguments[i]))
                Make(arguments[i]);
        }
    }

    private IEnumerable<VirtualMember> FindCalled(Type type)
    {
        var isGot = new Lazy<bool>(() => _returned.Any(returned => returned.IsInterface && returned.IsAssignableFrom(type))
            || _called.Any(called => HostAssemblies.IsHost(called.Module.Assembly) && Gets(called, type)));
        var isTold = new Lazy<bool>(() =>
            _called.Any(called => HostAssemblies.IsHost(called.Module.Assembly) && MakesText(called, type)));
        return VirtualMembers.Find(type).Where(member => !_reached.Contains(member.Method) && IsCalled(member.Called, isGot, isTold));
    }

    private bool IsCalled(MethodInfo member, Lazy<bool> isGot, Lazy<bool> isTold)
    {
        if (_called.Any(called => VirtualMembers.IsSame(called, member)))
            return true;
        if (!HostAssemblies.IsHost(member.Module.Assembly) || s_ends.Contains(member.Name, StringComparer.Ordinal))
            return false;
        return s_texts.Contains(member.Name, StringComparer.Ordinal) ? isTold.Value : isGot.Value;
    }

    private static bool Gets(MethodBase called, Type type) =>
        called.DeclaringType is { } owner
        && (TypeParts.Contains(owner, type) || IsPassed(called, type)
            || called is { IsStatic: false, IsConstructor: false } && !owner.IsInterface && !IsRoot(owner)
                && owner.IsAssignableFrom(type));

    private static bool IsPassed(MethodBase called, Type type) =>
        called.IsGenericMethod && called.GetGenericArguments().Any(argument => TypeParts.Covers(argument, type))
        || TypeParts.Takes(called, type);

    // A collection keeps objects, and asks for no text.
    private static bool MakesText(MethodBase called, Type type) =>
        (called is MethodInfo { ReturnType: var result } && result == typeof(string)
            || called.DeclaringType!.IsDefined(typeof(InterpolatedStringHandlerAttribute), inherit: false)
            || called.GetParameters().Any(parameter => TypeParts.Get(parameter.ParameterType).Contains(typeof(object))))
        && IsPassed(called, type);

    private static bool IsRoot(Type type) => type == typeof(object) || type == typeof(ValueType) || type == typeof(Enum);

    // These ask an object for nothing but whether it is there.
    private static bool LooksAtReference(Type owner) =>
        owner == typeof(Monitor) || owner == typeof(GC) || owner == typeof(ArgumentNullException) || owner == typeof(RuntimeHelpers);

    private static class Properties
    {
        private const int MaxDepth = 4;

        private static readonly string[] s_readers =
            ["System.Text.Json", "System.Xml.Serialization", "System.Runtime.Serialization", "System.ComponentModel"];

        // Serializers find the properties of a type by its description.
        public static IEnumerable<MethodInfo> Find(MethodBase called) =>
            called.DeclaringType?.Namespace is { } space && s_readers.Any(reader => space.StartsWith(reader, StringComparison.Ordinal))
                ? TypeParts.Get(called).SelectMany(type => Find(type, [], MaxDepth))
                : [];

        private static IEnumerable<MethodInfo> Find(Type type, HashSet<Type> visited, int depth)
        {
            if (HostAssemblies.IsHost(type.Assembly) || depth == 0 || !visited.Add(type))
                return [];
            var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public);
            return properties.Select(property => property.GetMethod).OfType<MethodInfo>()
                .Concat(properties.SelectMany(property => TypeParts.Get(property.PropertyType))
                    .SelectMany(part => Find(part, visited, depth - 1)));
        }
    }
}
