using System.Collections;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Reads an exception's members one by one; each may throw or be endless.</summary>
/// <param name="format">Writes the images; null for texts only.</param>
internal sealed class FailureReader(ExceptionFormat? format)
{
    private const int MaxText = 64 * 1024;
    private const int MaxDataText = 4 * 1024;

    private static readonly Exception s_leftOut = new InvalidOperationException("(further inner exceptions were left out)");

    private readonly Stack<Exception> _outer = []; // around the one that is read
    private int _characters = RemoteFailure.MaxTotalText;
    private int _exceptions = RemoteFailure.MaxInner;
    private int _imageBytes = RemoteFailure.MaxImageBytes;

    public RemoteFailure Read(Exception error)
    {
        _outer.Push(error);
        // An exception that came from a third process keeps its type and frames.
        var remote = error as RemoteException;
        var message = remote is null ? ReadText("Message", () => error.Message) ?? "" : Cut(remote.RemoteMessage, MaxText);
        var inner = new List<Exception>();
        var failure = new RemoteFailure
        {
            TypeName = Cut(remote?.TypeName ?? error.GetType().FullName ?? error.GetType().Name, MaxDataText),
            Message = message,
            StackTrace = ReadText("StackTrace", () => remote is null
                ? error.StackTrace
                : $"{remote.RemoteStackTrace}{Environment.NewLine}{remote.StackTrace}".Trim('\r', '\n')),
            Inner = ReadInner(error, inner),
            Reason = remote?.Reason,
        };
        if (format is not null && remote is null && !ReferenceEquals(error, s_leftOut))
            failure = AddImage(failure, error, inner);
        _outer.Pop();
        return failure with { Data = ReadData(error) }; // last: reading it may create it in a field of its class
    }

    private RemoteFailure AddImage(RemoteFailure failure, Exception error, List<Exception> inner)
    {
        var held = new List<RemoteFailure>();
        try
        {
            var source = ReadText("Source", () => error.Source);
            var image = new ExceptionWriter(format!, inner, other => Hold(other, held)).Write(error, failure.Message, source);
            if (image.Length > _imageBytes)
                throw new PayloadException($"what it and those around it hold has more than [{RemoteFailure.MaxImageBytes}] bytes");
            _imageBytes -= image.Length;
            return failure with { Image = image, Held = held };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return failure with { Reason = Cut(SafeText.GetReason(e), MaxDataText) };
        }
    }

    private void Hold(Exception error, List<RemoteFailure> held)
    {
        if (_outer.Any(outer => ReferenceEquals(outer, error)))
            throw new PayloadException("it is an exception that holds itself");
        if (IsFull)
            throw new PayloadException($"more than [{RemoteFailure.MaxInner}] exceptions are inside each other or in fields");
        _exceptions--;
        held.Add(Read(error));
    }

    /// <summary>Whether no further exception has room, except one that says so.</summary>
    private bool IsFull => _outer.Count >= RemoteFailure.MaxInnerDepth || _exceptions <= 1;

    private List<KeyValuePair<string, string>> ReadData(Exception error)
    {
        var data = new List<KeyValuePair<string, string>>();
        try
        {
            foreach (DictionaryEntry entry in error.Data)
            {
                if (data.Count == RemoteFailure.MaxData)
                    break;
                if (entry.Key is string key)
                    data.Add(new(Cut(key, MaxDataText), Cut(ReadText("ToString", () => entry.Value?.ToString()) ?? "", MaxDataText)));
            }
        }
        catch (Exception)
        {
            // The exception has its own dictionary, or another thread changed it: what was read until then is kept.
        }
        return data;
    }

    private List<RemoteFailure> ReadInner(Exception error, List<Exception> originals)
    {
        var inner = new List<RemoteFailure>();
        IEnumerable<Exception> all = error switch
        {
            AggregateException aggregate => aggregate.InnerExceptions,
            { InnerException: { } one } => [one],
            _ => [],
        };
        foreach (var one in all)
        {
            if (IsFull)
            {
                originals.Add(s_leftOut);
                inner.Add(new RemoteFailure { TypeName = typeof(Exception).FullName!, Message = s_leftOut.Message });
                break;
            }
            _exceptions--;
            originals.Add(one);
            inner.Add(Read(one));
        }
        return inner;
    }

    private string? ReadText(string member, Func<string?> read)
    {
        var text = SafeText.Read(member, read);
        return text is null ? null : Cut(text, MaxText);
    }

    private string Cut(string text, int max)
    {
        max = Math.Min(max, Math.Max(0, _characters));
        var cut = SafeText.Cut(text, max);
        _characters -= Math.Min(text.Length, max);
        return cut;
    }
}
