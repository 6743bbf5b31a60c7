using System.IO.MemoryMappedFiles;

namespace ActorPool.Jobs;

/// <summary>Which item a worker process runs, in memory that outlives the process.</summary>
/// <remarks>
/// It is a small file that both processes map. The child writes it before each item, which costs no more than a store; the parent reads
/// it when the child has died, or to see how long an item has been running.
/// <para>Layout: offset of the item in its chunk 0–3 · number of the chunk at the parent, 0 for none, 8–15 · start of the item, as a
/// timestamp of the system's clock, 16–23.</para>
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

    /// <summary>Position of the item in its chunk; the child writes it.</summary>
    public ref int Offset => ref *(int*)_note;

    /// <summary>The number of the chunk that runs; 0 for none.</summary>
    public long Chunk
    {
        get => Volatile.Read(ref *(long*)(_note + 8));
        set => Volatile.Write(ref *(long*)(_note + 8), value);
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

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
