using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>References to types and functions, and the modules that they need.</summary>
/// <remarks>
/// <see cref="FunctionShipper"/> writes the body and <see cref="CodeContext"/> reads it; it names modules by their positions in
/// <see cref="Modules"/>. A manifest from a connection is not trusted: lengths and counts are checked here, references when they are
/// resolved.
/// </remarks>
internal sealed class CodeManifest
{
    /// <summary>More modules than any program has: a node accepts no larger count.</summary>
    public const int MaxModules = 4096;

    public CodeManifest(
        ReadOnlyMemory<byte> body, IReadOnlyList<ModuleIdentity> modules, IReadOnlyList<int[]> references,
        IReadOnlyList<ModuleReference> requirements)
        => (Body, Modules, References, Requirements) = (body, modules, references, requirements);

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The modules that the body refers to, and all modules that these depend on.</summary>
    public IReadOnlyList<ModuleIdentity> Modules { get; }

    /// <summary>For each module, the positions in <see cref="Modules"/> of those that it refers to.</summary>
    public IReadOnlyList<int[]> References { get; }

    /// <summary>The parts of the runtime and the engine that the modules were built against.</summary>
    public IReadOnlyList<ModuleReference> Requirements { get; }

    /// <summary>The functions inside captured values; known only to the process that wrote the manifest.</summary>
    public IReadOnlyList<Delegate> InnerFunctions { get; init; } = [];

    /// <summary>The captured objects that may be inputs, too; null for none.</summary>
    /// <remarks>Known only to the process that wrote the manifest. On a node such an input is another object.</remarks>
    public IReadOnlySet<object>? CapturedInputs { get; init; }

    /// <summary>Writes a record with everything except the body, then the body.</summary>
    public void Write(PayloadWriter writer)
    {
        WireRecord.Write(writer, new Head(Modules, References, Requirements, Body.Length));
        writer.AddReference(Body);
    }

    /// <exception cref="InvalidDataException">The bytes are not a manifest.</exception>
    public static async ValueTask<CodeManifest> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var head = await WireRecord.ReadAsync<Head>(reader, cancellationToken).ConfigureAwait(false);
        if (head.BodyLength > reader.Remaining)
        {
            throw new InvalidDataException(
                $"The body of a manifest has [{head.BodyLength}] bytes, but only [{reader.Remaining}] are left.");
        }
        var body = new byte[head.BodyLength];
        await reader.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        return new CodeManifest(body, head.Modules, head.References, head.Requirements);
    }

    internal sealed record Head(
        IReadOnlyList<ModuleIdentity> Modules, IReadOnlyList<int[]> References, IReadOnlyList<ModuleReference> Requirements, int BodyLength)
        : IWireRecord<Head>
    {
        public static int MaxBytes => 16 << 20;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(4);
            writer.WriteCount(Modules.Count);
            foreach (var module in Modules)
                module.WriteFields(writer);
            writer.WriteCount(References.Count);
            foreach (var references in References)
            {
                writer.WriteCount(references.Length);
                foreach (var reference in references)
                    writer.WriteInt32(reference);
            }
            writer.WriteCount(Requirements.Count);
            foreach (var requirement in Requirements)
                requirement.WriteFields(writer);
            writer.WriteInt32(BodyLength);
        }

        public static Head ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(4);
            var modules = new ModuleIdentity[reader.ReadCount(MaxModules)];
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < modules.Length; i++)
            {
                modules[i] = ModuleIdentity.ReadFields(reader);
                if (!names.Add(modules[i].Name))
                    throw new InvalidDataException($"The manifest has the module [{modules[i].Name}] twice.");
            }
            var references = new int[reader.ReadCount(modules.Length)][];
            if (references.Length != modules.Length)
                throw new InvalidDataException($"The manifest has [{modules.Length}] modules, but references for [{references.Length}].");
            for (var i = 0; i < references.Length; i++)
            {
                references[i] = new int[reader.ReadCount(modules.Length)];
                for (var j = 0; j < references[i].Length; j++)
                    references[i][j] = reader.ReadIndex(modules.Length);
            }
            var requirements = new ModuleReference[reader.ReadCount(MaxModules)];
            for (var i = 0; i < requirements.Length; i++)
                requirements[i] = ModuleReference.ReadFields(reader);
            return new Head(modules, references, requirements, reader.ReadIndex(Array.MaxLength));
        }
    }
}
