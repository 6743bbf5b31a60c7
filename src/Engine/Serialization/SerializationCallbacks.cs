#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Reflection;
using System.Runtime.Serialization;

namespace ActorPool.Serialization;

/// <summary>The methods of a type that run when an object is written or read.</summary>
/// <remarks>
/// These are the methods marked <see cref="OnSerializingAttribute"/>, <see cref="OnSerializedAttribute"/>,
/// <see cref="OnDeserializingAttribute"/> and <see cref="OnDeserializedAttribute"/>, those of base classes first, and
/// <see cref="IDeserializationCallback"/>. The semantics are those of .NET's formatters (System.Runtime.Serialization). F#'s sets and maps
/// need them: their comparer does not travel.
/// </remarks>
internal sealed class SerializationCallbacks
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly List<MethodInfo> _onSerializing = [];
    private readonly List<MethodInfo> _onSerialized = [];
    private readonly List<MethodInfo> _onDeserializing = [];
    private readonly List<MethodInfo> _onDeserialized = [];
    private readonly bool _hasCallback;
    private readonly bool _runsUserCode;
    private readonly bool _mayContainItself;

    private SerializationCallbacks(Type type)
    {
        var levels = new Stack<Type>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
            levels.Push(level);
        foreach (var method in levels.SelectMany(level => level.GetMethods(Own)))
        {
            if (method.GetParameters() is not [{ ParameterType: var parameter }] || parameter != typeof(StreamingContext))
                continue;
            AddIf<OnSerializingAttribute>(_onSerializing, method);
            AddIf<OnSerializedAttribute>(_onSerialized, method);
            AddIf<OnDeserializingAttribute>(_onDeserializing, method);
            AddIf<OnDeserializedAttribute>(_onDeserialized, method);
        }
        _runsUserCode = _onSerializing.Count + _onSerialized.Count > 0 && type.Assembly.GetName().Name is not "FSharp.Core";
        _hasCallback = typeof(IDeserializationCallback).IsAssignableFrom(type);
        _mayContainItself = !IsEmpty && GraphAnalysis.MayContainItself(type);
    }

    private bool IsEmpty =>
        !_hasCallback && _onSerializing.Count + _onSerialized.Count + _onDeserializing.Count + _onDeserialized.Count == 0;

    /// <summary>Finds a type's callbacks; null if it has none.</summary>
    public static SerializationCallbacks? Find(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) || new SerializationCallbacks(type) is not { IsEmpty: false } found ? null : found;

    /// <summary>Finds the constructor with which a type reads what its <see cref="ISerializable"/> wrote.</summary>
    public static ConstructorInfo? FindConstructor(Type type) => type.GetConstructor(
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)]);

    public void BeforeWriting(object value, PayloadContext context)
    {
        if (_runsUserCode)
            context.BeforeUserCode();
        Call(_onSerializing, value);
    }

    public void AfterWriting(object value) => Call(_onSerialized, value);

    public void BeforeReading<T>(ref T value) => CallOn(_onDeserializing, ref value);

    /// <summary>Calls what completes an object.</summary>
    /// <remarks>If it may contain itself, this is once all objects of the item have their fields.</remarks>
    public void AfterReading<T>(ref T value, ObjectGraph graph)
    {
        if (_mayContainItself && !typeof(T).IsValueType)
        {
            var read = value;
            graph.AtEnd(() => Complete(ref read));
        }
        else
        {
            Complete(ref value);
        }
    }

    private void Complete<T>(ref T value)
    {
        CallOn(_onDeserialized, ref value);
        if (!_hasCallback)
            return;
        object boxed = value!;
        ((IDeserializationCallback)boxed).OnDeserialization(null);
        value = (T)boxed;
    }

    private static void CallOn<T>(List<MethodInfo> methods, ref T value)
    {
        if (methods.Count == 0)
            return;
        object boxed = value!; // of a struct, the copy that the methods change
        Call(methods, boxed);
        value = (T)boxed;
    }

    private static void Call(List<MethodInfo> methods, object value)
    {
        foreach (var method in methods)
            method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [new StreamingContext(StreamingContextStates.All)], null);
    }

    private static void AddIf<TAttribute>(List<MethodInfo> methods, MethodInfo method) where TAttribute : Attribute
    {
        if (method.IsDefined(typeof(TAttribute), inherit: false))
            methods.Add(method);
    }
}
