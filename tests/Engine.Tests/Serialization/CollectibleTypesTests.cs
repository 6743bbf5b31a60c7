using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Tests.Serialization;

public sealed class CollectibleTypesTests
{
    [Fact]
    public void A_context_whose_types_were_written_and_read_is_collected_with_its_serializer()
    {
        // Another serializer stays alive: neither its caches nor those of the library may hold the types.
        var other = Payloads.New();
        other.Check(typeof(List<string>));
        var context = UseInContext();
        for (var i = 0; i < 20 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(context.IsAlive, "The collectible context is still held.");
        GC.KeepAlive(other);
    }

    // This test's own assembly is loaded again: its types are then not those of the default context.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseInContext()
    {
        var context = new AssemblyLoadContext("shipped", isCollectible: true);
        using (var image = File.OpenRead(typeof(CollectibleTypesTests).Assembly.Location))
        {
            var assembly = context.LoadFromStream(image);
            var order = assembly.GetType(typeof(ShippedOrder).FullName!)!;
            var line = assembly.GetType(typeof(ShippedLine).FullName!)!;
            Assert.NotEqual(typeof(ShippedOrder), order);
            Assert.True(order.IsCollectible);
            var sample = order.GetMethod(nameof(ShippedOrder.Sample))!.Invoke(null, null)!;
            var lines = order.GetMethod(nameof(ShippedOrder.SampleLines))!.Invoke(null, null)!;
            Trip(sample.GetType(), sample);
            Trip(lines.GetType(), lines);
            Trip(lines.GetType().MakeArrayType(), NewArray(lines));
            Trip(order, ((Array)sample).GetValue(0)!);
            Trip(line, ((Array)lines).GetValue(0)!);
        }
        context.Unload();
        return new WeakReference(context);
    }

    private static Array NewArray(object item)
    {
        var array = Array.CreateInstance(item.GetType(), 1);
        array.SetValue(item, 0);
        return array;
    }

    private static void Trip(Type type, object value)
    {
        using var writer = new PayloadWriter();
        var types = new LoadedModules(AssemblyLoadContext.GetLoadContext(value.GetType().Assembly));
        new PayloadSerializer(new PayloadLimits(), types).WriteValue(writer, type, value);
        var bytes = writer.ToArray();
        var read = new PayloadSerializer(new PayloadLimits(), types).ReadValueAsync(
            new MemoryPayloadReader(bytes), type, CancellationToken.None);
        Assert.True(read.IsCompletedSuccessfully);
        var copy = read.AsTask().GetAwaiter().GetResult();
        Assert.Equal(type, copy!.GetType());
        using var again = new PayloadWriter();
        Payloads.New().WriteValue(again, type, copy);
        Assert.Equal(bytes, again.ToArray());
        Assert.Throws<PayloadException>(() => Payloads.New().Check(typeof(Tuple<,>).MakeGenericType(type, typeof(Stream))));
    }
}
