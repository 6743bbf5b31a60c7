namespace ActorPool.Terminal;

/// <summary>Writes a running job's line, as much of it as the width allows.</summary>
/// <remarks>
/// The items always are there. Failures, missing workers, the percentage, remaining time, speed and workers follow as long as they leave a
/// third of the line to the name. The bar gets what the name leaves.
/// </remarks>
internal sealed class LineFormat(LineStyle style, int width)
{
    private const int Gap = 2;
    private const int MinBar = 6;
    private const int MaxBar = 30;

    private readonly List<Part> _parts = [];
    private int _used;

    /// <summary>Formats a line.</summary>
    /// <param name="job">The job.</param>
    /// <param name="style">How it is drawn.</param>
    /// <param name="width">The most columns of the line, 1 or more.</param>
    public static Line Format(JobView job, LineStyle style, int width) => new LineFormat(style, width).Write(job);

    private Line Write(JobView job)
    {
        var progress = job.Progress;
        var counts = FormatCounts(progress);
        _used = Math.Min(Cells.Count(counts), width);
        var nameRoom = Math.Min(Cells.Count(job.Name), width / 3);
        var room = width - (nameRoom > 0 ? nameRoom + Gap : 0);
        AddParts(job, room);
        var name = Cells.Cut(job.Name, Math.Max(0, width - _used - Gap), style.Mark);
        if (name.Length > 0)
            _used += Cells.Count(name) + Gap;
        var bar = progress.Total is { } total ? TryMakeBar(progress.Done, total) : null;
        return Join(name, bar, new Part(Order.Counts, Cells.Cut(counts, width, style.Mark), static (_, text) => text));
    }

    /// <summary>Adds the parts in the order of their weight, as long as there is room.</summary>
    private void AddParts(JobView job, int room)
    {
        var progress = job.Progress;
        if (progress.Failed > 0)
            TryAdd(new Part(Order.Failed, $"{Amounts.Format(progress.Failed)} failed", static (style, text) => style.Red(text)), room);
        if (progress.Workers == 0)
            TryAdd(new Part(Order.Workers, "waits for workers", static (style, text) => style.Yellow(text)), room);
        if (progress.Total is { } total)
            TryAdd(new Part(Order.Percent, Amounts.FormatPercent(progress.Done, total), static (_, text) => text), room);
        if (job.Remaining is { } remaining && progress.Workers > 0)
            TryAdd(new Part(Order.Remaining, $"{Amounts.Format(remaining)} left", static (_, text) => text), room);
        TryAdd(new Part(Order.Rate, Amounts.FormatRate(job.Rate), static (_, text) => text), room);
        if (progress.Workers > 0)
        {
            var workers = progress.Workers == 1 ? "1 worker" : $"{Amounts.Format(progress.Workers)} workers";
            TryAdd(new Part(Order.Workers, workers, static (_, text) => text), room);
        }
    }

    private void TryAdd(Part part, int room)
    {
        var cells = Cells.Count(part.Text) + Gap;
        if (_used + cells > room)
            return;
        _used += cells;
        _parts.Add(part);
    }

    private Part? TryMakeBar(long done, long total)
    {
        var cells = Math.Min(MaxBar, width - _used - Gap);
        if (cells < MinBar)
            return null;
        _used += cells + Gap;
        var full = total == 0 ? cells : (int)Math.Min(cells, cells * (double)done / total);
        var text = new string(style.Full, full) + new string(style.Empty, cells - full);
        return new Part(Order.Bar, text, (style, text) => style.Green(text[..full]) + text[full..]);
    }

    private Line Join(string name, Part? bar, Part counts)
    {
        _parts.Add(counts);
        if (bar is not null)
            _parts.Add(bar);
        var texts = _parts.OrderBy(part => part.Order).Select(part => part.Paint(style, part.Text));
        return new Line(string.Join("  ", name.Length > 0 ? texts.Prepend(name) : texts), _used);
    }

    private static string FormatCounts(JobProgress progress) => progress.Total is { } total
        ? $"{Amounts.Format(progress.Done)} of {Amounts.Format(total)}"
        : $"{Amounts.Format(progress.Done)} done";

    private enum Order
    {
        Bar,
        Percent,
        Counts,
        Rate,
        Remaining,
        Failed,
        Workers,
    }

    private sealed record Part(Order Order, string Text, Func<LineStyle, string, string> Paint);
}
