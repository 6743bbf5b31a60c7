using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace ActorPool.Serialization;

/// <summary>The fields and constructors that <see cref="ExceptionState"/> uses on objects made without a constructor.</summary>
/// <remarks>
/// A test restores each of them, so that a version of .NET that renames one is noticed. A constructor is called as a method of an object
/// that exists, whose class may be derived.
/// </remarks>
internal static class ExceptionFields
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_paramName")]
    public static extern ref string? ParamName(ArgumentException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_actualValue")]
    public static extern ref object? ActualValue(ArgumentOutOfRangeException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_className")]
    public static extern ref string? ClassName(TypeLoadException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "ClassName")]
    public static extern ref string? ClassName(MissingMemberException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "MemberName")]
    public static extern ref string? MemberName(MissingMemberException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Signature")]
    public static extern ref byte[]? Signature(MissingMemberException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<NativeErrorCode>k__BackingField")]
    public static extern ref int NativeErrorCode(Win32Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    public static extern ref string? Message(JsonException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sourceUri")]
    public static extern ref string? SourceUri(XmlException error);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(CultureNotFoundException error, string? paramName, string? invalidCultureName, string? message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(CultureNotFoundException error, string? paramName, int invalidCultureId, string? message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(DecoderFallbackException error, string? message, byte[]? bytesUnknown, int index);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(RegexParseException error, RegexParseError cause, int offset, string message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(RegexMatchTimeoutException error, string input, string pattern, TimeSpan timeout);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(ObjectDisposedException error, string? objectName, string? message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(FileNotFoundException error, string? message, string? fileName);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(FileLoadException error, string? message, string? fileName);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(BadImageFormatException error, string? message, string? fileName);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(TypeInitializationException error, string? typeName, Exception? inner);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(NotFiniteNumberException error, string? message, double number);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(OperationCanceledException error, string? message, CancellationToken token);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(AggregateException error, string? message, IEnumerable<Exception> inner);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(SwitchExpressionException error, object? unmatchedValue);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(SocketException error, int code, string? message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(ValidationException error, ValidationResult result, ValidationAttribute? attribute, object? value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(
        HttpRequestException error, HttpRequestError cause, string? message, Exception? inner, HttpStatusCode? statusCode);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(HttpIOException error, HttpRequestError cause, string? message, Exception? inner);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(JsonException error, string? message, string? path, long? line, long? position);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(XmlException error, string? message, Exception? inner, int line, int position);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    public static extern void Init(WorkItemException error, long index, string worker, int attempts, Exception inner, string message);

    public static void Init(PayloadException error, string? member, string? setting) => (Member(error), Setting(error)) = (member, setting);

    public static void Init(FunctionNotShippableException error, string? function, string? captured, string? type) =>
        (Function(error), Captured(error), CapturedType(error)) = (function, captured, type);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Member>k__BackingField")]
    private static extern ref string? Member(PayloadException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Setting>k__BackingField")]
    private static extern ref string? Setting(PayloadException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Function>k__BackingField")]
    private static extern ref string? Function(FunctionNotShippableException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Captured>k__BackingField")]
    private static extern ref string? Captured(FunctionNotShippableException error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<CapturedType>k__BackingField")]
    private static extern ref string? CapturedType(FunctionNotShippableException error);
}
