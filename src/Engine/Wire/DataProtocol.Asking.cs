using ActorPool.Insights;
using ActorPool.Serialization;

namespace ActorPool.Wire;

// What observers ask a node, and a node its pools. Since version 8 of the data protocol; nobody asks a peer of an earlier one.
internal static partial class DataProtocol
{
    /// <summary>The first version with questions.</summary>
    public const int AskingVersion = 8;

    /// <summary>The first version with the order to run failed items again.</summary>
    public const int RetryVersion = 9;

    /// <summary>Most questions of one connection and direction that have no answer yet.</summary>
    public const int MaxQuestions = 16;

    public const byte AskNode = 11;
    public const byte AnswerNode = 12;
    public const byte NodeAnswer = 73;
    public const byte AskPool = 74;

    private const int MaxArgumentBytes = 1024;
    private const int MaxErrorBytes = 4096;

    /// <summary>What an observer asks a node, or tells it to do.</summary>
    public enum NodeQuestionKind : byte
    {
        /// <summary>The node and its pools: <see cref="AgentReport"/>.</summary>
        Describe = 1,

        /// <summary>One job, by its key: <see cref="JobReport"/>.</summary>
        DescribeJob,

        /// <summary>The last lines of the node's log, after a number: <see cref="LogReport"/>.</summary>
        ReadLog,

        /// <summary>Cancels a job, by its key.</summary>
        CancelJob,

        /// <summary>Takes no more chunks, finishes those that run, and ends.</summary>
        Drain,

        /// <summary>Changes the number of workers.</summary>
        Resize,

        /// <summary>Changes the level of the log.</summary>
        SetLogLevel,

        /// <summary>Runs the failed items of a job again, by its key.</summary>
        RetryJob,
    }

    /// <summary>What a node asks a pool, or tells it to do.</summary>
    public enum PoolQuestionKind : byte
    {
        /// <summary>The pool and its jobs: <see cref="PoolReport"/>.</summary>
        Describe = 1,

        /// <summary>One job: <see cref="JobReport"/>.</summary>
        DescribeJob,

        /// <summary>Cancels a job.</summary>
        CancelJob,

        /// <summary>Runs the failed items of a job again.</summary>
        RetryJob,
    }

    /// <summary>Gets the first version of which a node understands a question.</summary>
    public static int GetFirstVersion(NodeQuestionKind kind) => kind == NodeQuestionKind.RetryJob ? RetryVersion : AskingVersion;

    /// <summary>Gets the first version of which a pool understands a question.</summary>
    public static int GetFirstVersion(PoolQuestionKind kind) => kind == PoolQuestionKind.RetryJob ? RetryVersion : AskingVersion;

    /// <summary>A question to a node.</summary>
    /// <param name="Number">For the answer.</param>
    /// <param name="Kind">What is asked.</param>
    /// <param name="Argument">The key, number or level that it is about; null for none.</param>
    public sealed record NodeQuestion(long Number, NodeQuestionKind Kind, string? Argument) : IWireRecord<NodeQuestion>
    {
        public static int MaxBytes => MaxArgumentBytes + 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(3);
            writer.WriteInt64(Number);
            writer.WriteByte((byte)Kind);
            writer.WriteString(Argument);
        }

        public static NodeQuestion ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(3);
            return new NodeQuestion(
                reader.ReadInt64(), reader.ReadEnum<NodeQuestionKind>(), reader.ReadOptionalString(MaxArgumentBytes));
        }
    }

    /// <summary>A question to a pool.</summary>
    /// <param name="Number">For the answer.</param>
    /// <param name="Kind">What is asked.</param>
    /// <param name="Job">The job that it is about; 0 for none.</param>
    public sealed record PoolQuestion(long Number, PoolQuestionKind Kind, long Job) : IWireRecord<PoolQuestion>
    {
        public static int MaxBytes => 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(3);
            writer.WriteInt64(Number);
            writer.WriteByte((byte)Kind);
            writer.WriteInt64(Job);
        }

        public static PoolQuestion ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(3);
            return new PoolQuestion(reader.ReadInt64(), reader.ReadEnum<PoolQuestionKind>(), reader.ReadInt64());
        }
    }

    /// <summary>The answer to a question of either kind; JSON follows, unless it is an error.</summary>
    /// <param name="Number">The number of the question.</param>
    /// <param name="Error">Why there is none, as a sentence; null if there is.</param>
    public sealed record AnswerHeader(long Number, string? Error) : IWireRecord<AnswerHeader>
    {
        public static int MaxBytes => MaxErrorBytes + 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(2);
            writer.WriteInt64(Number);
            writer.WriteString(Error);
        }

        public static AnswerHeader ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(2);
            return new AnswerHeader(reader.ReadInt64(), reader.ReadOptionalString(MaxErrorBytes));
        }

        /// <summary>Writes a whole answer.</summary>
        public static PayloadWriter Write(long number, ReadOnlyMemory<byte> json)
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, new AnswerHeader(number, Error: null));
            body.AddReference(json);
            return body;
        }

        /// <summary>Writes an error as the answer.</summary>
        public static PayloadWriter Write(long number, string error)
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, new AnswerHeader(number, Diagnostics.SafeText.Cut(error, MaxErrorBytes / 4)));
            return body;
        }

        /// <summary>Reads the JSON behind the header.</summary>
        /// <exception cref="InvalidDataException">It is longer than a report may be.</exception>
        public static async ValueTask<byte[]> ReadJsonAsync(PayloadReader body, CancellationToken cancellationToken)
        {
            if (body.Remaining > ReportJson.MaxBytes)
                throw new InvalidDataException($"A report has [{body.Remaining}] bytes; the limit is [{ReportJson.MaxBytes}].");
            var json = GC.AllocateUninitializedArray<byte>((int)body.Remaining);
            await body.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
            return json;
        }
    }
}
