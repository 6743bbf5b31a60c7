namespace ShippedLib;

/// <summary>Is made by its name.</summary>
public sealed class Named
{
    public override string ToString() => "named";
}
