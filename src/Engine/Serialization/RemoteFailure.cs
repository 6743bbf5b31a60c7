using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>An exception as data: what is left of it when it crosses to another process.</summary>
internal sealed record RemoteFailure
{
    private const int LongestText = 64 * 1024;
    private const int LongestAll = 512 * 1024;           // characters of all texts together, so that a failure is never a large payload
    private const int LargestPayload = 4 * LongestAll;   // three bytes a character at most, and what stands between them
    private const int DeepestInner = 16;
    private const int MostInner = 64;                    // of all levels together
    private const int MostData = 32;
    private const int LongestData = 4 * 1024;

    public required string TypeName { get; init; }
    public required string Message { get; init; }
    public string? StackTrace { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Data { get; init; } = [];
    public IReadOnlyList<RemoteFailure> Inner { get; init; } = [];

    /// <summary>Never throws, whatever the exception's own members do.</summary>
    public static RemoteFailure Of(Exception error) => new Taker().Take(error, depth: 0);

    public RemoteException ToException()
    {
        Exception? inner = Inner.Count switch
        {
            0 => null,
            1 => Inner[0].ToException(),
            _ => new AggregateException(Inner.Select(i => i.ToException())),
        };
        var exception = new RemoteException(TypeName, Message, StackTrace, inner);
        foreach (var (key, value) in Data)
            exception.Data[key] = value;
        return exception;
    }

    public void Write(PayloadWriter writer)
    {
        var header = writer.GetMemory(sizeof(int))[..sizeof(int)];
        writer.Advance(sizeof(int));
        var start = writer.Length;
        var packed = new MessagePackWriter(writer);
        Write(ref packed);
        packed.Flush();
        BinaryPrimitives.WriteInt32LittleEndian(header.Span, checked((int)(writer.Length - start)));
    }

    /// <exception cref="PayloadException">The bytes are not those of a failure.</exception>
    public static async ValueTask<RemoteFailure> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var header = new byte[sizeof(int)];
        await PayloadHeader.ReadAsync(reader, header, typeof(RemoteFailure), cancellationToken);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length < 0 || length > LargestPayload || length > reader.Remaining)
            throw new PayloadException($"A failure claims [{length}] bytes; it may have [{LargestPayload}], and the payload has [{reader.Remaining}] left.");
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await PayloadHeader.ReadAsync(reader, buffer.AsMemory(0, length), typeof(RemoteFailure), cancellationToken);
            return Read(buffer.AsMemory(0, length));
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e)) // the library throws several kinds
        {
            throw new PayloadException($"These are not the bytes of a failure: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RemoteFailure Read(ReadOnlyMemory<byte> bytes)
    {
        var packed = new MessagePackReader(bytes);
        var left = MostInner + 1;
        var failure = Read(ref packed, depth: 0, ref left);
        return packed.End ? failure : throw new MessagePackSerializationException($"[{bytes.Length - packed.Consumed}] bytes follow it.");
    }

    private static RemoteFailure Read(ref MessagePackReader packed, int depth, ref int left)
    {
        if (depth > DeepestInner || --left < 0)
            throw new MessagePackSerializationException("It has too many inner ones.");
        if (packed.ReadArrayHeader() != 5)
            throw new MessagePackSerializationException("It has another number of fields.");
        var typeName = packed.ReadString() ?? "";
        var message = packed.ReadString() ?? "";
        var stack = packed.ReadString();
        var data = new KeyValuePair<string, string>[Bounded(packed.ReadMapHeader(), MostData)];
        for (var i = 0; i < data.Length; i++)
            data[i] = new(packed.ReadString() ?? "", packed.ReadString() ?? "");
        var inner = new RemoteFailure[Bounded(packed.ReadArrayHeader(), MostInner)];
        for (var i = 0; i < inner.Length; i++)
            inner[i] = Read(ref packed, depth + 1, ref left);
        return new RemoteFailure { TypeName = typeName, Message = message, StackTrace = stack, Data = data, Inner = inner };
    }

    private static int Bounded(int count, int most) =>
        count <= most ? count : throw new MessagePackSerializationException($"[{count}] parts are too many; [{most}] are allowed.");

    private void Write(ref MessagePackWriter packed)
    {
        packed.WriteArrayHeader(5);
        packed.Write(TypeName);
        packed.Write(Message);
        packed.Write(StackTrace);
        packed.WriteMapHeader(Data.Count);
        foreach (var (key, value) in Data)
        {
            packed.Write(key);
            packed.Write(value);
        }
        packed.WriteArrayHeader(Inner.Count);
        foreach (var inner in Inner)
            inner.Write(ref packed);
    }

    /// <summary>Reads an exception's members one by one, each of which may throw or be endless.</summary>
    private sealed class Taker
    {
        private int _characters = LongestAll;
        private int _exceptions = MostInner;

        public RemoteFailure Take(Exception error, int depth)
        {
            // One that came from a third process keeps its own type and frames.
            var remote = error as RemoteException;
            return new RemoteFailure
            {
                TypeName = remote?.TypeName ?? Cut(error.GetType().FullName ?? error.GetType().Name, LongestData),
                Message = Text("Message", () => error.Message) ?? "",
                StackTrace = Text("StackTrace", () => remote is null ? error.StackTrace : $"{remote.RemoteStackTrace}{Environment.NewLine}{remote.StackTrace}".Trim('\r', '\n')),
                Data = TakeData(error),
                Inner = TakeInner(error, depth),
            };
        }

        private List<KeyValuePair<string, string>> TakeData(Exception error)
        {
            var data = new List<KeyValuePair<string, string>>();
            try
            {
                foreach (DictionaryEntry entry in error.Data)
                {
                    if (data.Count == MostData)
                        break;
                    if (entry.Key is string key)
                        data.Add(new(Cut(key, LongestData), Cut(Text("ToString", () => entry.Value?.ToString()) ?? "", LongestData)));
                }
            }
            catch (Exception)
            {
                // A dictionary of its own, or one that changed meanwhile: what was read by then is as much as there is to know.
            }
            return data;
        }

        private List<RemoteFailure> TakeInner(Exception error, int depth)
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
                if (depth == DeepestInner - 1 || _exceptions <= 1)
                {
                    inner.Add(new RemoteFailure { TypeName = typeof(Exception).FullName!, Message = "(further inner exceptions were left out)" });
                    break;
                }
                _exceptions--;
                inner.Add(Take(one, depth + 1));
            }
            return inner;
        }

        private string? Text(string member, Func<string?> read)
        {
            string? text;
            try
            {
                text = read();
            }
            catch (Exception e)
            {
                text = $"(its {member} threw {e.GetType().Name})";
            }
            return text is null ? null : Cut(text, LongestText);
        }

        private string Cut(string text, int longest)
        {
            longest = Math.Min(longest, Math.Max(0, _characters));
            var cut = text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), $"... [{text.Length} characters]");
            _characters -= Math.Min(text.Length, longest);
            return cut;
        }
    }
}
