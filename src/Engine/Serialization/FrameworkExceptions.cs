using System.Collections.Frozen;

namespace ActorPool.Serialization;

/// <summary>The exception classes of .NET and the pool that come back as themselves.</summary>
/// <remarks>
/// What they hold is in every exception, or has an <see cref="ExceptionState"/>. They are found by name, so that no assembly is loaded for
/// an exception that no one threw. The bytes have only numbers.
/// </remarks>
internal static class FrameworkExceptions
{
    // The numbers are part of the format: new names go to the end.
    private static readonly string[] s_names =
    [
        "System.Exception", "System.SystemException", "System.ApplicationException", "System.ArgumentException",
        "System.ArgumentNullException", "System.ArgumentOutOfRangeException", "System.DuplicateWaitObjectException",
        "System.InvalidOperationException", "System.ObjectDisposedException", "System.NotSupportedException",
        "System.PlatformNotSupportedException", "System.NotImplementedException", "System.FormatException",
        "System.UriFormatException, System.Runtime",
        "System.TimeoutException", "System.OperationCanceledException", "System.Threading.Tasks.TaskCanceledException",
        "System.AggregateException", "System.NullReferenceException", "System.IndexOutOfRangeException", "System.InvalidCastException",
        "System.ArrayTypeMismatchException", "System.RankException", "System.ArithmeticException", "System.DivideByZeroException",
        "System.OverflowException", "System.NotFiniteNumberException", "System.UnauthorizedAccessException",
        "System.MemberAccessException", "System.MethodAccessException", "System.FieldAccessException", "System.MissingMemberException",
        "System.MissingMethodException", "System.MissingFieldException", "System.TypeLoadException", "System.DllNotFoundException",
        "System.EntryPointNotFoundException", "System.TypeInitializationException", "System.TypeAccessException",
        "System.BadImageFormatException", "System.InvalidProgramException", "System.MulticastNotSupportedException",
        "System.OutOfMemoryException", "System.InsufficientMemoryException", "System.InsufficientExecutionStackException",
        "System.InvalidTimeZoneException", "System.TimeZoneNotFoundException",
        "System.Collections.Generic.KeyNotFoundException", "System.Diagnostics.UnreachableException",
        "System.Globalization.CultureNotFoundException", "System.IO.IOException", "System.IO.FileNotFoundException",
        "System.IO.FileLoadException", "System.IO.DirectoryNotFoundException",
        "System.IO.DriveNotFoundException, System.IO.FileSystem.DriveInfo",
        "System.IO.EndOfStreamException", "System.IO.PathTooLongException", "System.IO.InvalidDataException",
        "System.Reflection.AmbiguousMatchException", "System.Reflection.TargetException", "System.Reflection.TargetInvocationException",
        "System.Reflection.TargetParameterCountException", "System.Reflection.InvalidFilterCriteriaException",
        "System.Reflection.CustomAttributeFormatException", "System.Resources.MissingManifestResourceException",
        "System.Runtime.AmbiguousImplementationException", "System.Runtime.CompilerServices.SwitchExpressionException",
        "System.Runtime.InteropServices.ExternalException", "System.Runtime.InteropServices.COMException",
        "System.Runtime.InteropServices.MarshalDirectiveException", "System.Runtime.Serialization.SerializationException",
        "System.Security.VerificationException", "System.Security.Cryptography.CryptographicException",
        "System.Text.DecoderFallbackException", "System.Threading.SynchronizationLockException",
        "System.Threading.SemaphoreFullException", "System.Threading.ThreadStateException",
        "System.Threading.ThreadInterruptedException", "System.Threading.LockRecursionException",
        "System.Threading.WaitHandleCannotBeOpenedException", "System.Threading.Tasks.TaskSchedulerException",
        "System.Threading.BarrierPostPhaseException, System.Threading",
        "System.Threading.Channels.ChannelClosedException, System.Threading.Channels",
        "System.ComponentModel.Win32Exception, Microsoft.Win32.Primitives",
        "System.ComponentModel.InvalidEnumArgumentException, System.ComponentModel.Primitives",
        "System.ComponentModel.InvalidAsynchronousStateException, System.ComponentModel.TypeConverter",
        "System.ComponentModel.DataAnnotations.ValidationException, System.ComponentModel.Annotations",
        "System.Net.Sockets.SocketException, System.Net.Primitives", "System.Net.CookieException, System.Net.Primitives",
        "System.Net.Http.HttpRequestException, System.Net.Http", "System.Net.Http.HttpIOException, System.Net.Http",
        "System.Net.ProtocolViolationException, System.Net.Requests",
        "System.Net.NetworkInformation.PingException, System.Net.Ping",
        "System.Net.NetworkInformation.NetworkInformationException, System.Net.NetworkInformation",
        "System.Security.Authentication.AuthenticationException, System.Net.Security",
        "System.Security.Authentication.InvalidCredentialException, System.Net.Security",
        "System.Security.Cryptography.AuthenticationTagMismatchException, System.Security.Cryptography",
        "System.Text.Json.JsonException, System.Text.Json",
        "System.Text.RegularExpressions.RegexParseException, System.Text.RegularExpressions",
        "System.Text.RegularExpressions.RegexMatchTimeoutException, System.Text.RegularExpressions",
        "System.Xml.XmlException, System.Xml.ReaderWriter", "System.Data.DataException, System.Data.Common",
        "System.Data.ConstraintException, System.Data.Common", "System.Data.DuplicateNameException, System.Data.Common",
        "System.Data.VersionNotFoundException, System.Data.Common", "System.Data.NoNullAllowedException, System.Data.Common",
        "System.Data.ReadOnlyException, System.Data.Common", "System.Data.RowNotInTableException, System.Data.Common",
        "System.Data.MissingPrimaryKeyException, System.Data.Common", "System.Data.InvalidConstraintException, System.Data.Common",
        "System.Data.DeletedRowInaccessibleException, System.Data.Common", "System.Data.InvalidExpressionException, System.Data.Common",
        "System.Data.EvaluateException, System.Data.Common", "System.Data.SyntaxErrorException, System.Data.Common",
        "System.Data.StrongTypingException, System.Data.Common", "System.Data.Common.DbException, System.Data.Common",
        "Microsoft.CSharp.RuntimeBinder.RuntimeBinderException, Microsoft.CSharp",
        "ActorPool.ActorPoolException", "ActorPool.WorkItemException", "ActorPool.PoisonItemException",
        "ActorPool.WorkerLostException", "ActorPool.NoWorkersException", "ActorPool.PoolTerminatedException",
        "ActorPool.PayloadException", "ActorPool.FunctionNotShippableException",
        "System.Text.Json.JsonReaderException, System.Text.Json",
    ];

    private static readonly FrozenDictionary<string, int> s_numbers = s_names
        .Select((name, number) => KeyValuePair.Create(name.Split(',')[0], number)).ToFrozenDictionary(StringComparer.Ordinal);

    public static int Count => s_names.Length;

    public static bool TryGetNumber(Type type, out int number)
    {
        number = -1;
        return type.FullName is { } name && s_numbers.TryGetValue(name, out number) && Get(number) == type;
    }

    /// <exception cref="InvalidDataException">This process's .NET does not have it.</exception>
    public static Type Get(int number) =>
        Type.GetType(s_names[number], throwOnError: false)
        ?? throw new InvalidDataException($"This process has no [{s_names[number]}].");
}
