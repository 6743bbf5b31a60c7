using System.IO.MemoryMappedFiles;

namespace ActorPool.Jobs;

/// <summary>Which item a worker process runs, in memory that outlives the process.</summary>
/// <remarks>
/// It is a small file that both processes map. The child writes it before each item, which costs no more than a store; the parent reads
/// it when the child has died, or to see how long an item has been running.
/// <para>A chunk may be run in parts, since items are retried alone: <see cref="Position"/> adds where the part begins.</para>
/// <para>Layout: offset of the item in the part that runs 0–3 · offset of the part in the chunk 4–7 · number of the chunk at the parent,
/// 0 for none, 8–15 · start of the item, as a timestamp of the system's clock, 16–23.</para>
/// </remarks>
internal sealed unsafe class WorkNote : IDisposable
{
    private const int Size = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _note;

    private WorkNote(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, Size);
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

    /// <summary>Makes the file; for the parent.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static WorkNote Create(string path) => new(MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, Size));

    /// <summary>Maps the parent's file; for the child.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static WorkNote Open(string path) => new(MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, Size));

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

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
