using System.Buffers.Binary;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Transport;

// What a node has to know before it can run a chunk.
internal static partial class DataProtocol
{
    /// <summary>The workers that a pool wants on a node.</summary>
    /// <param name="Code">Initializer and state factory, each of them perhaps null.</param>
    /// <param name="MaxTasksPerWorker">As in <see cref="WorkerPoolOptions"/>; null for no limit.</param>
    public sealed record SessionDefinition(CodeManifest Code, int? MaxTasksPerWorker)
    {
        public void Write(PayloadWriter writer)
        {
            writer.WriteInt32(MaxTasksPerWorker ?? 0);
            Code.Write(writer);
        }

        public static async ValueTask<SessionDefinition> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var maxTasks = await reader.ReadInt32Async(cancellationToken);
            return new SessionDefinition(await CodeManifest.ReadAsync(reader, cancellationToken), maxTasks > 0 ? maxTasks : null);
        }
    }

    /// <summary>Types and functions of jobs.</summary>
    /// <param name="Number">By which jobs refer to it; above 0.</param>
    /// <param name="IsKept">Whether more than one job may: true only for functions that hold no state, since jobs share what it resolves to.</param>
    /// <param name="Code">Types and functions of the call; behind its functions the predicate of <see cref="JobOptions.RetryWhen"/>, or null.</param>
    public sealed record CodeDefinition(int Number, bool IsKept, CodeManifest Code)
    {
        public void Write(PayloadWriter writer)
        {
            writer.WriteInt32(Number);
            writer.WriteByte(IsKept ? (byte)1 : (byte)0);
            Code.Write(writer);
        }

        public static async ValueTask<CodeDefinition> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var number = await reader.ReadInt32Async(cancellationToken);
            var isKept = await reader.ReadByteAsync(cancellationToken) != 0;
            return new CodeDefinition(number, isKept, await CodeManifest.ReadAsync(reader, cancellationToken));
        }
    }

    /// <summary>A job as a node has to know it.</summary>
    /// <param name="Id">Its number at the caller.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Code">The number of its <see cref="CodeDefinition"/>.</param>
    /// <param name="Kind">What to make of the functions.</param>
    /// <param name="FailsFast">Whether the first failing item ends it.</param>
    /// <param name="ItemTimeout">As in <see cref="JobOptions"/>.</param>
    /// <param name="Retries">As in <see cref="JobOptions"/>.</param>
    public sealed record JobDefinition(long Id, string Name, int Code, CallKind Kind, bool FailsFast, TimeSpan? ItemTimeout, int Retries)
    {
        public void Write(PayloadWriter writer)
        {
            writer.WriteInt64(Id);
            writer.WriteText(Name);
            writer.WriteInt32(Code);
            writer.WriteByte((byte)Kind);
            writer.WriteByte(FailsFast ? (byte)1 : (byte)0);
            writer.WriteInt64(ItemTimeout?.Ticks ?? 0);
            writer.WriteInt32(Retries);
        }

        public static async ValueTask<JobDefinition> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var id = await reader.ReadInt64Async(cancellationToken);
            var name = await reader.ReadTextAsync(cancellationToken);
            var bytes = await reader.ReadBytesAsync(18, cancellationToken);
            var timeout = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(6));
            return new JobDefinition(
                id, name, BinaryPrimitives.ReadInt32LittleEndian(bytes), (CallKind)bytes[4], bytes[5] != 0,
                timeout > 0 ? TimeSpan.FromTicks(timeout) : null, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(14)));
        }
    }
}
