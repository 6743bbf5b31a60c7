using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace ActorPool.Jobs;

/// <summary>What a worker process runs and has finished, in memory that outlives it.</summary>
/// <remarks>
/// It is a small file that both processes map. The child writes it before each item, which costs no more than a store; the parent reads
/// it when the child has died, or to see how long an item has been running. Behind it are the outcomes of the chunk's finished items, as
/// <see cref="ItemKeeper"/> writes them: the first of them in the mapped part, and what has no room there in the rest of the file.
/// <para>A chunk may be run in parts, since items are retried alone: <see cref="Position"/> adds where the part begins.</para>
/// <para>Layout: offset of the item in the part that runs 0–3 · offset of the part in the chunk 4–7 · number of the chunk at the parent,
/// 0 for none, 8–15 · start of the item, as a timestamp of the system's clock, 16–23 · number of the chunk of the outcomes 24–31 · their
/// bytes 32–39 · whether the worker is ready 40 · whether a debugger is attached 41 · when RetryWhen was asked, 0 for not
    /// now, 48–55 · a count of signs of life 56–63 · the outcomes 64–.</para>
/// </remarks>
internal sealed unsafe class WorkNote : IDisposable
{
    /// <summary>Most bytes of outcomes of one chunk.</summary>
    public const int MaxKeptBytes = 64 << 20;

    private const int HeaderBytes = 64;
    private const int MappedBytes = 256 * 1024;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _note;

    private WorkNote(FileStream file)
    {
        _file = file;
        _mapping = MemoryMappedFile.CreateFromFile(
            file, mapName: null, MappedBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, MappedBytes);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _note);
    }

    /// <summary>Position of the item in the part that runs; the functions' loops write it.</summary>
    public ref int Offset => ref *(int*)_note;

    /// <summary>Position of the part that runs in the chunk that the parent has sent.</summary>
    public int First
    {
        get => Volatile.Read(ref *(int*)(_note + 4));
        private set => Volatile.Write(ref *(int*)(_note + 4), value);
    }

    /// <summary>Position of the item in the chunk that the parent has sent; for the parent.</summary>
    /// <value>Meaningful while <see cref="Chunk"/> is not 0.</value>
    public int Position => First + Volatile.Read(ref Offset);

    /// <summary>The number of the chunk that runs; 0 for none.</summary>
    public long Chunk
    {
        get => Volatile.Read(ref *(long*)(_note + 8));
        private set => Volatile.Write(ref *(long*)(_note + 8), value);
    }

    /// <summary>When the item started, as a timestamp of the system's clock; 0 between items.</summary>
    public long ItemStarted
    {
        get => Volatile.Read(ref *(long*)(_note + 16));
        set => Volatile.Write(ref *(long*)(_note + 16), value);
    }

    /// <summary>The number of the chunk whose outcomes are kept; 0 for none.</summary>
    public long KeptChunk
    {
        get => Volatile.Read(ref *(long*)(_note + 24));
        private set => Volatile.Write(ref *(long*)(_note + 24), value);
    }

    /// <summary>Bytes of the kept outcomes.</summary>
    public long KeptBytes
    {
        get => Volatile.Read(ref *(long*)(_note + 32));
        private set => Volatile.Write(ref *(long*)(_note + 32), value);
    }

    /// <summary>Whether the pool's initializer and state factory have returned.</summary>
    public bool IsReady
    {
        get => Volatile.Read(ref *(bool*)(_note + 40));
        set => Volatile.Write(ref *(bool*)(_note + 40), value);
    }

    /// <summary>When RetryWhen was asked about the item, as a timestamp of the system's clock.</summary>
    /// <value>0: it is not asked now.</value>
    public long Asked
    {
        get => Volatile.Read(ref *(long*)(_note + 48));
        set => Volatile.Write(ref *(long*)(_note + 48), value);
    }

    /// <summary>Changes several times a second while the process runs.</summary>
    public long Pulse
    {
        get => Volatile.Read(ref *(long*)(_note + 56));
        private set => Volatile.Write(ref *(long*)(_note + 56), value);
    }

    /// <summary>Whether a debugger was attached at the last beat of the <see cref="Pulse"/>.</summary>
    public bool IsDebugged
    {
        get => Volatile.Read(ref *(bool*)(_note + 41));
        private set => Volatile.Write(ref *(bool*)(_note + 41), value);
    }

    private SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Makes the file; for the parent.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static WorkNote Create(string path) => Open(path, FileMode.CreateNew, static file =>
    {
        // Written, not only made longer: a disk that is full must say so here, and not kill who writes to mapped memory.
        Span<byte> zeros = stackalloc byte[4096];
        zeros.Clear();
        for (var at = 0; at < MappedBytes; at += zeros.Length)
            RandomAccess.Write(file.SafeFileHandle, zeros, at);
    });

    /// <summary>Maps the parent's file; for the child.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static WorkNote Open(string path) => Open(path, FileMode.Open, static _ => { });

    /// <summary>Says that a part of a chunk is about to run; for the child.</summary>
    /// <param name="chunk">The number of the chunk at the parent; above 0.</param>
    /// <param name="first">Position of the part in the chunk.</param>
    public void Begin(long chunk, int first)
    {
        End(); // the parent must not read the place of one part with the number of another
        Volatile.Write(ref Offset, 0);
        First = first;
        Chunk = chunk;
    }

    /// <summary>Says that nothing runs; for the child.</summary>
    public void End()
    {
        Chunk = 0;
        ItemStarted = 0;
    }

    /// <summary>Gives a sign of life; for the child.</summary>
    /// <param name="isDebugged">Whether a debugger is attached, and may hold the process.</param>
    public void Beat(bool isDebugged)
    {
        IsDebugged = isDebugged;
        Pulse++;
    }

    /// <summary>Keeps an outcome of a chunk, and forgets those of others; for the child.</summary>
    /// <param name="chunk">The number of the chunk at the parent.</param>
    /// <param name="parts">The bytes.</param>
    /// <returns>Whether there was room for them.</returns>
    /// <exception cref="IOException">The file cannot become longer.</exception>
    public bool TryKeep(long chunk, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        if (KeptChunk != chunk)
        {
            KeptBytes = 0;
            KeptChunk = chunk;
        }
        var end = KeptBytes;
        foreach (var part in parts)
        {
            if (end + part.Length > MaxKeptBytes)
                return false;
            var at = HeaderBytes + end;
            if (at + part.Length <= MappedBytes)
                part.Span.CopyTo(new Span<byte>(_note + at, part.Length));
            else
                RandomAccess.Write(Handle, part.Span, at);
            end += part.Length;
        }
        KeptBytes = end; // last: the parent reads whole outcomes only
        return true;
    }

    /// <summary>Reads the kept outcomes; for the parent.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than it says.</exception>
    public byte[] ReadKept()
    {
        var length = KeptBytes;
        if (length is < 0 or > MaxKeptBytes || length > RandomAccess.GetLength(Handle) - HeaderBytes)
            throw new InvalidDataException($"A worker process has left [{length}] bytes of outcomes, more than there are.");
        var kept = new byte[length];
        for (var read = 0; read < kept.Length;)
        {
            var count = RandomAccess.Read(Handle, kept.AsSpan(read), HeaderBytes + read);
            if (count == 0)
                throw new InvalidDataException("The outcomes that a worker process has left end too early.");
            read += count;
        }
        return kept;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }

    private static WorkNote Open(string path, FileMode mode, Action<FileStream> prepare)
    {
        var file = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        try
        {
            prepare(file);
            return new WorkNote(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
