using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Wire;

// Modules that a function loads by name while it runs.
internal static partial class DataProtocol
{
    private const int MaxProblemLength = 4096;

    /// <summary>A module that a function at the node loads by name.</summary>
    /// <param name="Number">Number by which the answer refers to it.</param>
    /// <param name="Query">What is asked for.</param>
    public sealed record ModuleQuestion(int Number, ModuleQuery Query) : IWireRecord<ModuleQuestion>
    {
        public static int MaxBytes => (ModuleQuery.MaxNames + ModuleQuery.MaxRuntimes) * (ModuleIdentity.MaxNameBytes + 8) + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(4);
            writer.WriteInt32(Number);
            writer.WriteByte((byte)Query.Kind);
            WriteNames(writer, Query.Names);
            WriteNames(writer, Query.Runtimes);
        }

        public static ModuleQuestion ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(4);
            var (number, kind) = (reader.ReadInt32(), reader.ReadEnum<ModuleKind>());
            var names = ReadNames(reader, ModuleQuery.MaxNames);
            if (names.Length == 0)
                throw new InvalidDataException("A module without a name was asked for.");
            return new ModuleQuestion(number, new ModuleQuery(kind, names, ReadNames(reader, ModuleQuery.MaxRuntimes)));
        }

        private static void WriteNames(RecordWriter writer, IReadOnlyList<string> names)
        {
            writer.WriteCount(names.Count);
            foreach (var name in names)
                writer.WriteString(name);
        }

        private static string[] ReadNames(RecordReader reader, int max)
        {
            var names = new string[reader.ReadCount(max)];
            for (var i = 0; i < names.Length; i++)
                names[i] = reader.ReadString(ModuleIdentity.MaxNameBytes);
            return names;
        }
    }

    /// <summary>Whether the caller's program has the module; its manifest follows if there is a name.</summary>
    /// <param name="Number">Number of the question.</param>
    /// <param name="Name">Its name in the manifest; null if it is not sent.</param>
    /// <param name="Problem">Why it cannot be sent; null if it is sent or the program has none.</param>
    public sealed record ModuleAnswer(int Number, string? Name, string? Problem) : IWireRecord<ModuleAnswer>
    {
        public static int MaxBytes => ModuleIdentity.MaxNameBytes + 4 * MaxProblemLength + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(3);
            writer.WriteInt32(Number);
            writer.WriteString(Name);
            writer.WriteString(Problem is { Length: > MaxProblemLength } ? Problem[..MaxProblemLength] : Problem);
        }

        public static ModuleAnswer ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(3);
            return new ModuleAnswer(
                reader.ReadInt32(), reader.ReadOptionalString(ModuleIdentity.MaxNameBytes),
                reader.ReadOptionalString(4 * MaxProblemLength));
        }
    }
}
