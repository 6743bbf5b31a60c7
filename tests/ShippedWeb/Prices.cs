namespace ShippedWeb;

/// <summary>Options of the program.</summary>
internal sealed class Prices
{
    public string Currency { get; set; } = "";

    public int Factor { get; set; }
}
