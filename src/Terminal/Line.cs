namespace ActorPool.Terminal;

/// <summary>A line that is ready to be drawn.</summary>
/// <param name="Text">It, with colours.</param>
/// <param name="Cells">Its columns without them.</param>
internal readonly record struct Line(string Text, int Cells)
{
    /// <summary>Makes a line without colours.</summary>
    public static Line From(string text) => new(text, Terminal.Cells.Count(text));
}
