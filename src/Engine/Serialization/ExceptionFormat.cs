using System.Collections.Concurrent;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Takes exceptions of one program apart, and makes them again in another process.</summary>
/// <remarks>
/// A <see cref="RemoteFailure"/> always has the texts of an exception. Where all that it holds can travel, it also has an image: the class,
/// what every exception has, what its base class of .NET has, and the fields of the program's own classes. Making it again runs none of
/// its constructors and properties. Thread-safe.
/// </remarks>
internal sealed class ExceptionFormat(PayloadSerializer serializer, ITypeDirectory modules)
{
    private readonly ConcurrentDictionary<Type, ExceptionShape> _shapes = new();

    public ExceptionTypes Types { get; } = new(modules);

    public ExceptionValues Values { get; } = new(serializer, new ExceptionTypes(modules));

    /// <summary>Captures an exception; never throws, even if the exception's members do.</summary>
    public RemoteFailure Capture(Exception error) => new FailureReader(this).Read(error);

    /// <summary>Makes the exception, or a <see cref="RemoteException"/> where it cannot be made; never throws.</summary>
    /// <remarks>So it is with each of its inner exceptions.</remarks>
    public Exception Create(RemoteFailure failure)
    {
        Exception[] inner = [.. failure.Inner.Select(Create)];
        if (failure.Image.IsEmpty)
            return failure.ToException(inner, failure.Reason);
        try
        {
            return new ExceptionReader(this, failure.Image).Read(failure, inner, [.. failure.Held.Select(Create)]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The bytes may say anything, and the class may be another here: the texts are what is left, with the reason.
            return failure.ToException(inner, $"it cannot be made here, since {SafeText.GetReason(e)}");
        }
    }

    /// <exception cref="PayloadException">Exceptions of this class are not made again.</exception>
    public ExceptionShape GetShape(Type type) => _shapes.GetOrAdd(type, static (key, own) => ExceptionShape.Create(key, own), modules);
}
