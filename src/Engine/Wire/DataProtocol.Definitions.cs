using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Wire;

// What a node must know before it can run a chunk.
internal static partial class DataProtocol
{
    private const int MaxNameBytes = 64 * 1024;

    /// <summary>The workers that a pool wants on a node.</summary>
    /// <remarks>The initializer and the state factory follow as code; each may be null.</remarks>
    /// <param name="MaxTasksPerWorker">As in <see cref="WorkerPoolOptions"/>; null for no limit.</param>
    public sealed record SessionDefinition(int? MaxTasksPerWorker) : IWireRecord<SessionDefinition>
    {
        public static int MaxBytes => 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            writer.WriteInt32(MaxTasksPerWorker ?? 0);
        }

        public static SessionDefinition ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new SessionDefinition(reader.ReadInt32() is > 0 and var max ? max : null);
        }
    }

    /// <summary>A broadcast value; its type as code and the value follow.</summary>
    /// <param name="Id">The handle's id.</param>
    public sealed record BroadcastDefinition(Guid Id) : IWireRecord<BroadcastDefinition>
    {
        public static int MaxBytes => 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            writer.WriteGuid(Id);
        }

        public static BroadcastDefinition ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new BroadcastDefinition(reader.ReadGuid());
        }
    }

    /// <summary>Types and functions of jobs.</summary>
    /// <remarks>
    /// The call's types and functions follow as code. The last function is the predicate of <see cref="JobOptions.RetryWhen"/>, or null.
    /// </remarks>
    /// <param name="Number">Number by which jobs refer to it; above 0.</param>
    /// <param name="IsKept">
    /// Whether more than one job may refer to it. True only for functions that hold no state, since jobs share the resolved functions.
    /// </param>
    public sealed record CodeDefinition(int Number, bool IsKept) : IWireRecord<CodeDefinition>
    {
        public static int MaxBytes => 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(2);
            writer.WriteInt32(Number);
            writer.WriteBoolean(IsKept);
        }

        public static CodeDefinition ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(2);
            return new CodeDefinition(reader.ReadInt32(), reader.ReadBoolean());
        }
    }

    /// <summary>What a node must know of a job.</summary>
    /// <param name="Id">Its number at the caller.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Code">The number of its <see cref="CodeDefinition"/>.</param>
    /// <param name="Kind">Shape of function to build.</param>
    /// <param name="FailsFast">Whether the first failing item ends it.</param>
    /// <param name="ItemTimeout">As in <see cref="JobOptions"/>.</param>
    /// <param name="Retries">As in <see cref="JobOptions"/>.</param>
    public sealed record JobDefinition(long Id, string Name, int Code, CallKind Kind, bool FailsFast, TimeSpan? ItemTimeout, int Retries)
        : IWireRecord<JobDefinition>
    {
        public static int MaxBytes => MaxNameBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(7);
            writer.WriteInt64(Id);
            writer.WriteString(Name);
            writer.WriteInt32(Code);
            writer.WriteByte((byte)Kind);
            writer.WriteBoolean(FailsFast);
            writer.WriteTimeSpan(ItemTimeout ?? TimeSpan.Zero);
            writer.WriteInt32(Retries);
        }

        public static JobDefinition ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(7);
            return new JobDefinition(
                reader.ReadInt64(), reader.ReadString(MaxNameBytes), reader.ReadInt32(), reader.ReadEnum<CallKind>(), reader.ReadBoolean(),
                reader.ReadTimeSpan() is var timeout && timeout > TimeSpan.Zero ? timeout : null, reader.ReadInt32());
        }
    }

    /// <summary>The offered modules that the node does not have.</summary>
    /// <param name="Hashes">Their SHA-256 hashes, in hexadecimal.</param>
    public sealed record MissingModulesReport(IReadOnlyCollection<string> Hashes) : IWireRecord<MissingModulesReport>
    {
        public static int MaxBytes => CodeManifest.MaxModules * (ModuleIdentity.HashBytes + 2) + 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            writer.WriteCount(Hashes.Count);
            foreach (var hash in Hashes)
                writer.WriteBytes(Convert.FromHexString(hash));
        }

        public static MissingModulesReport ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            var hashes = new string[reader.ReadCount(CodeManifest.MaxModules)];
            for (var i = 0; i < hashes.Length; i++)
                hashes[i] = Convert.ToHexString(reader.ReadBytes(ModuleIdentity.HashBytes).Span);
            return new MissingModulesReport(hashes);
        }
    }
}
