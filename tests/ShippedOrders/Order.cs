namespace ShippedOrders;

/// <summary>Data of a user.</summary>
public sealed record Order(string Article, int Count);
