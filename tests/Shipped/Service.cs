namespace Shipped;

/// <summary>An object with a field that cannot travel.</summary>
public class Service
{
    private readonly HttpClient _client = new();
    private readonly int _factor = 6;

    protected int Factor => _factor;

    /// <summary>Creates a function that reads one field, through a property and a method.</summary>
    public Func<int, int> Counter()
    {
        var offset = 1;
        return x => Scaled(x) + offset;
    }

    /// <summary>Creates a function that passes the whole object to a method.</summary>
    public Func<int, int> Whole() => x => Describe(this).Length + x;

    private static string Describe(Service service) => service._client.ToString()!;

    private int Scaled(int x) => x * Factor;
}
