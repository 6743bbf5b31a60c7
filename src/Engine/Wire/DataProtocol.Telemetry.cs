using System.Diagnostics;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using Microsoft.Extensions.Logging;

namespace ActorPool.Wire;

// Traces and log lines. They came later than the other frames: SessionRequests and TraceLink stand behind what an older node reads of a
// frame, which skips them, and a node sends Log frames only to a pool that has asked for them.
internal static partial class DataProtocol
{
    public const byte Log = 72;

    /// <summary>What a pool wants to hear of its session; behind the code of <see cref="SessionDefinition"/>.</summary>
    /// <param name="Pool">The pool's name, for measurements and spans.</param>
    /// <param name="Node">The address of the node that has the worker process; null for others.</param>
    /// <param name="MinLevel">The lowest level of the lines that functions log.</param>
    /// <param name="TakesOutput">Whether what functions write to standard output and error is sent.</param>
    public sealed record SessionRequests(string Pool, string? Node, LogLevel MinLevel, bool TakesOutput) : IWireRecord<SessionRequests>
    {
        private const int MaxNodeBytes = 1024;

        public static int MaxBytes => MaxNameBytes + MaxNodeBytes + 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(4);
            writer.WriteString(Pool);
            writer.WriteString(Node);
            writer.WriteByte((byte)MinLevel);
            writer.WriteBoolean(TakesOutput);
        }

        public static SessionRequests ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(4);
            return new SessionRequests(
                reader.ReadString(MaxNameBytes), reader.ReadOptionalString(MaxNodeBytes), ReadLevel(reader), reader.ReadBoolean());
        }
    }

    /// <summary>The span of a chunk at the client; behind the chunk's inputs.</summary>
    /// <param name="Parent">What the node's spans are children of, as in W3C's Trace Context.</param>
    public sealed record TraceLink(ActivityContext Parent) : IWireRecord<TraceLink>
    {
        private const int IdBytes = 16;
        private const int SpanBytes = 8;
        private const int MaxStateBytes = 512; // of W3C's Trace Context; a longer one may be dropped

        public static int MaxBytes => IdBytes + SpanBytes + MaxStateBytes + 32;

        public void WriteFields(RecordWriter writer)
        {
            Span<byte> bytes = stackalloc byte[IdBytes];
            writer.WriteRecordHeader(4);
            Parent.TraceId.CopyTo(bytes);
            writer.WriteBytes(bytes);
            Parent.SpanId.CopyTo(bytes[..SpanBytes]);
            writer.WriteBytes(bytes[..SpanBytes]);
            writer.WriteByte((byte)Parent.TraceFlags);
            writer.WriteString(Parent.TraceState is { Length: <= MaxStateBytes } state && state.All(char.IsAscii) ? state : null);
        }

        public static TraceLink ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(4);
            var trace = ActivityTraceId.CreateFromBytes(ReadNumber(reader, IdBytes));
            var span = ActivitySpanId.CreateFromBytes(ReadNumber(reader, SpanBytes));
            var flags = (ActivityTraceFlags)reader.ReadByte();
            return new TraceLink(new ActivityContext(trace, span, flags, reader.ReadOptionalString(MaxStateBytes), isRemote: true));
        }

        // All zeros are no number of a trace or span. The default of ActivityTraceId differs from one that was made of zeros.
        private static ReadOnlySpan<byte> ReadNumber(RecordReader reader, int size) =>
            reader.ReadBytes(size).Span is var number && number.ContainsAnyExcept((byte)0)
                ? number
                : throw new InvalidDataException("A trace has no number.");
    }

    /// <summary>A line that a function has logged or written.</summary>
    /// <param name="Line">The line; an exception is sent as text.</param>
    /// <param name="Dropped">Lines that were dropped before it, since they came too fast.</param>
    public sealed record LogRecord(FunctionLine Line, long Dropped) : IWireRecord<LogRecord>
    {
        private const int MaxTextBytes = 3 * FunctionLine.MaxChars + 64;
        private const int MaxWorkerBytes = 2048;

        public static int MaxBytes => 2 * MaxTextBytes + 2 * MaxNameBytes + 2 * MaxWorkerBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            var origin = Line.Origin;
            writer.WriteRecordHeader(11);
            writer.WriteByte((byte)Line.Kind);
            writer.WriteByte((byte)Line.Level);
            writer.WriteInt32(Line.Event.Id);
            writer.WriteString(Cut(Line.Event.Name));
            writer.WriteString(Cut(Line.Text));
            writer.WriteString(Cut(Line.Error));
            writer.WriteString(Cut(origin.Job));
            writer.WriteInt64(origin.Item);
            writer.WriteString(origin.Worker);
            writer.WriteString(origin.Node);
            writer.WriteInt64(Dropped);
        }

        public static LogRecord ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(11);
            var (kind, level, id) = (reader.ReadEnum<LineKind>(), ReadLevel(reader), reader.ReadInt32());
            if (level == LogLevel.None)
                throw new InvalidDataException("A line has no level.");
            var name = reader.ReadOptionalString(MaxNameBytes);
            var (text, error) = (reader.ReadString(MaxTextBytes), reader.ReadOptionalString(MaxTextBytes));
            var origin = new LineOrigin(
                reader.ReadOptionalString(MaxNameBytes), reader.ReadInt64(), reader.ReadString(MaxWorkerBytes),
                reader.ReadOptionalString(MaxWorkerBytes));
            return new LogRecord(
                new FunctionLine(kind, level, new EventId(id, name), text, origin) { Error = error }, reader.ReadInt64());
        }

        private static string? Cut(string? text) => text is null ? null : SafeText.Cut(text, FunctionLine.MaxChars);
    }

    private static LogLevel ReadLevel(RecordReader reader) => reader.ReadByte() is var level && level <= (byte)LogLevel.None
        ? (LogLevel)level
        : throw new InvalidDataException($"[{level}] is not the level of a log.");
}
