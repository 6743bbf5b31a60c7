namespace ActorPool;

/// <summary>A value that <c>WorkerPool.CheckAsync</c> sent to a copy of a function, or back.</summary>
/// <param name="Name"><c>input</c>, <c>result</c>, or a captured variable as the source names it; <c>this.x</c> for a field.</param>
/// <param name="Type">What the value is, as the source writes it; <c>null</c> if it is null.</param>
/// <param name="Bytes">
/// Its size on the wire, with a header of some bytes. Objects that an earlier captured value holds are not counted again.
/// </param>
public sealed record CheckedValue(string Name, string Type, long Bytes);
