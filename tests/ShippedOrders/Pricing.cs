namespace ShippedOrders;

/// <summary>What others find by its name.</summary>
public static class Pricing
{
    public static int GetPrice(int count) => count * 7;
}
