using System.Data.Common;
using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using ActorPool;
using Humanizer;
using Microsoft.Data.Sqlite;
using ShippedOrders;

namespace ShippedPackages;

/// <summary>Prints what functions return that need more than the assemblies that they refer to.</summary>
/// <remarks>The argument is a node's address, or "local": both must print the same.</remarks>
internal static class Program
{
    private static readonly (string Name, Func<int, string> Function)[] s_functions =
    [
        ("a native library", x => Query($"select 'SQLite ' || ({x} * 6)")),
        ("resources of a language", x => TimeSpan.FromDays(x).Humanize(culture: new CultureInfo("de"))),
        ("resources of another language", x => TimeSpan.FromDays(x).Humanize(culture: new CultureInfo("fr"))),
        ("a package called System", x => Crc32.HashToUInt32([(byte)x]).ToString("X8", CultureInfo.InvariantCulture)),
        ("a type by name", x => Call("ShippedLib.Scale, ShippedLib", "Triple", x)),
        ("an assembly by name", _ => Assembly.Load("ShippedLib").GetType("ShippedLib.Factor")?.Name ?? "none"),
        ("a provider by name, through .NET", x => QueryByName($"select {x} * 3")),
        ("a type by name, through .NET", x => $"{Activator.CreateInstance("ShippedLib", "ShippedLib.Named")!.Unwrap()}"),
        ("a type that no one has", _ => Type.GetType("Nothing.At, Nothing.At.All")?.Name ?? "none"),
        ("an assembly that no one has", _ => TryLoad("Nothing.At.All")),
        ("a native library that no one has", _ => $"{System.Runtime.InteropServices.NativeLibrary.TryLoad(
            "nothing-at-all", typeof(Program).Assembly, searchPath: null, out var _)}"),
    ];

    private static async Task Main(string[] arguments)
    {
        await using var pool = arguments[0] is "local" ? WorkerPool.Create(1) : await WorkerPool.ConnectAsync(arguments[0]);
        foreach (var (name, function) in s_functions)
            Console.WriteLine($"{name}: {(await pool.MapAsync(function, [7]))[0]}");
        Order[] orders = await pool.MapAsync(order => order with { Count = Pricing.GetPrice(order.Count) }, [new Order("nail", 3)]);
        Console.WriteLine($"data of one's own System assembly: {orders[0]}");
    }

    private static string Query(string text)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        return Query(connection, text);
    }

    private static string QueryByName(string text)
    {
        DbProviderFactories.RegisterFactory("sqlite", "Microsoft.Data.Sqlite.SqliteFactory, Microsoft.Data.Sqlite");
        using var connection = DbProviderFactories.GetFactory("sqlite").CreateConnection()!;
        connection.ConnectionString = "Data Source=:memory:";
        return Query(connection, text);
    }

    private static string Query(DbConnection connection, string text)
    {
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is the test's
        command.CommandText = text;
#pragma warning restore CA2100
        return $"{command.ExecuteScalar()}";
    }

    private static string Call(string type, string method, int argument) =>
        $"{Type.GetType(type, throwOnError: true)!.GetMethod(method)!.Invoke(null, [argument])}";

    private static string TryLoad(string assembly)
    {
        try
        {
            return $"{Assembly.Load(assembly)}";
        }
        catch (FileNotFoundException)
        {
            return "none";
        }
    }
}
