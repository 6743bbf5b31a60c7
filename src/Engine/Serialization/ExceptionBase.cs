using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ActorPool.Serialization;

/// <summary>Reads and sets what every exception has, without its constructors and properties.</summary>
/// <remarks>The properties are virtual: an exception's own class would answer in place of <see cref="Exception"/>.</remarks>
internal static class ExceptionBase
{
    private static readonly int s_code = Code(new InvalidOperationException());

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    public static extern ref string? Message(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_helpURL")]
    public static extern ref string? HelpLink(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    public static extern ref string? Source(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_data")]
    public static extern ref IDictionary? Data(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? Inner(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_xcode")]
    private static extern ref int Code(Exception error);

    /// <summary>Sets what a constructor, and throwing it in the other process, would have set.</summary>
    public static void Restore(Exception error, int hresult, Exception? inner, string? stackTrace)
    {
        Code(error) = s_code;
        Inner(error) = inner;
        error.HResult = hresult;
        if (!string.IsNullOrEmpty(stackTrace))
            ExceptionDispatchInfo.SetRemoteStackTrace(error, stackTrace);
    }

    /// <summary>Creates a dictionary like that of an exception.</summary>
    public static IDictionary CreateData() => new InvalidOperationException().Data;
}
