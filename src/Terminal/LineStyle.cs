namespace ActorPool.Terminal;

/// <summary>With which characters lines are drawn, and whether in colours.</summary>
internal sealed record LineStyle(bool IsUnicode, bool HasColors)
{
    /// <summary>For output that is no terminal.</summary>
    public static LineStyle Plain { get; } = new(IsUnicode: false, HasColors: false);

    public char Full => IsUnicode ? '━' : '#';

    public char Empty => IsUnicode ? '─' : '-';

    /// <summary>Where a text is cut.</summary>
    public string Mark => IsUnicode ? "…" : "~";

    public string Green(string text) => Paint(text, "32");

    public string Red(string text) => Paint(text, "31");

    public string Yellow(string text) => Paint(text, "33");

    private string Paint(string text, string color) => HasColors ? $"\e[{color}m{text}\e[0m" : text;
}
