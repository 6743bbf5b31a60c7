using System.Collections.Frozen;
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

/// <summary>What a listed exception class has beside what every exception has.</summary>
/// <remarks>
/// It is restored by setting fields or by a constructor of the class, which sets fields and calls nothing of a derived class. What that
/// says about message, inner exception and HResult is replaced afterwards. No lambda is compiled, and so no assembly loaded, before it is
/// needed.
/// </remarks>
/// <param name="Count">Number of values.</param>
/// <param name="Read">Reads the values: texts, <see cref="long"/>s, <see cref="double"/>s, or values that may not travel.</param>
/// <param name="Restore">Sets them in an object that was made without a constructor; gets its inner exceptions, too.</param>
internal sealed record ExceptionState(
    int Count, Func<Exception, object?[]> Read, Action<Exception, object?[], IReadOnlyList<Exception>> Restore)
{
    private static readonly FrozenDictionary<string, ExceptionState> s_all = new Dictionary<string, ExceptionState>(StringComparer.Ordinal)
    {
        ["System.ArgumentException"] = new(
            1, static e => [ExceptionFields.ParamName((ArgumentException)e)],
            static (e, s, _) => ExceptionFields.ParamName((ArgumentException)e) = (string?)s[0]),
        ["System.ArgumentOutOfRangeException"] = new(
            2, static e => [ExceptionFields.ParamName((ArgumentException)e), ExceptionFields.ActualValue((ArgumentOutOfRangeException)e)],
            static (e, s, _) =>
            {
                ExceptionFields.ParamName((ArgumentException)e) = (string?)s[0];
                ExceptionFields.ActualValue((ArgumentOutOfRangeException)e) = s[1];
            }),
        ["System.Globalization.CultureNotFoundException"] = new(
            3,
            static e => e is CultureNotFoundException c
                ? [ExceptionFields.ParamName(c), c.InvalidCultureName, (long?)c.InvalidCultureId] : [],
            static (e, s, _) =>
            {
                if (s[2] is long id)
                    ExceptionFields.Init((CultureNotFoundException)e, (string?)s[0], checked((int)id), message: null);
                else
                    ExceptionFields.Init((CultureNotFoundException)e, (string?)s[0], (string?)s[1], message: null);
            }),
        ["System.Text.DecoderFallbackException"] = new(
            3,
            static e => e is DecoderFallbackException d ? [ExceptionFields.ParamName(d), d.BytesUnknown, (long)d.Index] : [],
            static (e, s, _) =>
            {
                ExceptionFields.Init((DecoderFallbackException)e, null, (byte[]?)s[1], checked((int)(long)s[2]!));
                ExceptionFields.ParamName((ArgumentException)e) = (string?)s[0];
            }),
        ["System.Text.RegularExpressions.RegexParseException"] = new(
            2, static e => [(long)((RegexParseException)e).Error, (long)((RegexParseException)e).Offset],
            static (e, s, _) => ExceptionFields.Init(
                (RegexParseException)e, (RegexParseError)checked((int)(long)s[0]!), checked((int)(long)s[1]!), "")),
        ["System.Text.RegularExpressions.RegexMatchTimeoutException"] = new(
            3, static e => e is RegexMatchTimeoutException r ? [r.Input, r.Pattern, r.MatchTimeout.Ticks] : [],
            static (e, s, _) => ExceptionFields.Init(
                (RegexMatchTimeoutException)e, (string)s[0]!, (string)s[1]!, TimeSpan.FromTicks((long)s[2]!))),
        ["System.ObjectDisposedException"] = new(
            1, static e => [((ObjectDisposedException)e).ObjectName],
            static (e, s, _) => ExceptionFields.Init((ObjectDisposedException)e, (string?)s[0], null)),
        ["System.IO.FileNotFoundException"] = new(
            1, static e => [((FileNotFoundException)e).FileName],
            static (e, s, _) => ExceptionFields.Init((FileNotFoundException)e, null, (string?)s[0])),
        ["System.IO.FileLoadException"] = new(
            1, static e => [((FileLoadException)e).FileName],
            static (e, s, _) => ExceptionFields.Init((FileLoadException)e, null, (string?)s[0])),
        ["System.BadImageFormatException"] = new(
            1, static e => [((BadImageFormatException)e).FileName],
            static (e, s, _) => ExceptionFields.Init((BadImageFormatException)e, null, (string?)s[0])),
        ["System.TypeLoadException"] = new(
            1, static e => [ExceptionFields.ClassName((TypeLoadException)e)],
            static (e, s, _) => ExceptionFields.ClassName((TypeLoadException)e) = (string?)s[0]),
        ["System.TypeInitializationException"] = new(
            1, static e => [((TypeInitializationException)e).TypeName],
            static (e, s, _) => ExceptionFields.Init((TypeInitializationException)e, (string?)s[0], null)),
        ["System.MissingMemberException"] = new(
            3,
            static e => e is MissingMemberException m
                ? [ExceptionFields.ClassName(m), ExceptionFields.MemberName(m), ExceptionFields.Signature(m)] : [],
            static (e, s, _) =>
            {
                var missing = (MissingMemberException)e;
                ExceptionFields.ClassName(missing) = (string?)s[0];
                ExceptionFields.MemberName(missing) = (string?)s[1];
                ExceptionFields.Signature(missing) = (byte[]?)s[2];
            }),
        ["System.NotFiniteNumberException"] = new(
            1, static e => [((NotFiniteNumberException)e).OffendingNumber],
            static (e, s, _) => ExceptionFields.Init((NotFiniteNumberException)e, null, (double)s[0]!)),
        // A token of the node's process means nothing here: only whether it was cancelled does.
        ["System.OperationCanceledException"] = new(
            1, static e => [((OperationCanceledException)e).CancellationToken.IsCancellationRequested ? 1L : 0L],
            static (e, s, _) => ExceptionFields.Init((OperationCanceledException)e, null, new CancellationToken((long)s[0]! != 0))),
        ["System.AggregateException"] = new(
            0, static _ => [], static (e, _, inner) => ExceptionFields.Init((AggregateException)e, null, inner)),
        ["System.Runtime.CompilerServices.SwitchExpressionException"] = new(
            1, static e => [((SwitchExpressionException)e).UnmatchedValue],
            static (e, s, _) => ExceptionFields.Init((SwitchExpressionException)e, s[0])),
        ["System.ComponentModel.Win32Exception"] = new(
            1, static e => [(long)((Win32Exception)e).NativeErrorCode],
            static (e, s, _) => ExceptionFields.NativeErrorCode((Win32Exception)e) = checked((int)(long)s[0]!)),
        ["System.Net.Sockets.SocketException"] = new(
            2, static e => [(long)((Win32Exception)e).NativeErrorCode, (long)((SocketException)e).SocketErrorCode],
            static (e, s, _) =>
            {
                ExceptionFields.Init((SocketException)e, checked((int)(long)s[1]!), "");
                ExceptionFields.NativeErrorCode((Win32Exception)e) = checked((int)(long)s[0]!);
            }),
        ["System.ComponentModel.DataAnnotations.ValidationException"] = new(
            3,
            static e => e is ValidationException v
                ? [v.ValidationResult.ErrorMessage, v.ValidationResult.MemberNames.ToArray(), v.Value] : [],
            static (e, s, _) => ExceptionFields.Init(
                (ValidationException)e, new ValidationResult((string?)s[0], (string[]?)s[1]), null, s[2])),
        ["System.Net.Http.HttpRequestException"] = new(
            2,
            static e => e is HttpRequestException h ? [(long?)h.StatusCode, (long)h.HttpRequestError] : [],
            static (e, s, _) => ExceptionFields.Init(
                (HttpRequestException)e, (HttpRequestError)checked((int)(long)s[1]!), null, null,
                s[0] is long code ? (HttpStatusCode)checked((int)code) : null)),
        ["System.Net.Http.HttpIOException"] = new(
            1, static e => [(long)((HttpIOException)e).HttpRequestError],
            static (e, s, _) => ExceptionFields.Init((HttpIOException)e, (HttpRequestError)checked((int)(long)s[0]!), null, null)),
        ["System.Text.Json.JsonException"] = new(
            4,
            static e => e is JsonException j ? [ExceptionFields.Message(j), j.Path, j.LineNumber, j.BytePositionInLine] : [],
            static (e, s, _) => ExceptionFields.Init((JsonException)e, (string?)s[0], (string?)s[1], (long?)s[2], (long?)s[3])),
        ["System.Xml.XmlException"] = new(
            3, static e => e is XmlException x ? [(long)x.LineNumber, (long)x.LinePosition, x.SourceUri] : [],
            static (e, s, _) =>
            {
                ExceptionFields.Init((XmlException)e, null, null, checked((int)(long)s[0]!), checked((int)(long)s[1]!));
                ExceptionFields.SourceUri((XmlException)e) = (string?)s[2];
            }),
        ["ActorPool.WorkItemException"] = new(
            3, static e => e is WorkItemException w ? [w.Index, w.Worker, (long)w.Attempts] : [],
            static (e, s, inner) => ExceptionFields.Init(
                (WorkItemException)e, (long)s[0]!, (string)s[1]!, checked((int)(long)s[2]!), inner[0], "")),
        ["ActorPool.PayloadException"] = new(
            2, static e => [((PayloadException)e).Member, ((PayloadException)e).Setting],
            static (e, s, _) => ExceptionFields.Init((PayloadException)e, (string?)s[0], (string?)s[1])),
        ["ActorPool.FunctionNotShippableException"] = new(
            3, static e => e is FunctionNotShippableException f ? [f.Function, f.Captured, f.CapturedType] : [],
            static (e, s, _) => ExceptionFields.Init((FunctionNotShippableException)e, (string?)s[0], (string?)s[1], (string?)s[2])),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the state of a listed class: its own, or its base class's.</summary>
    public static ExceptionState? Find(Type listed)
    {
        for (var level = listed; level is not null; level = level.BaseType)
        {
            if (s_all.TryGetValue(level.FullName!, out var state))
                return state;
        }
        return null;
    }
}
