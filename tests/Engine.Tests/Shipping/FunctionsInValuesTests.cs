using ActorPool.Serialization;
using ActorPool.Tests.Serialization;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Shipping;

public sealed class FunctionsInValuesTests
{
    [Fact]
    public async Task Functions_inside_captured_values_give_the_callers_results_on_a_node_that_lacks_their_assemblies()
    {
        using var program = new ShippedProgram();
        var node = ShippedProgram.Node();
        var functions = program.Get<Dictionary<string, Func<int, int>>>("InValues");
        Assert.True(functions.Count >= 15);
        foreach (var (kind, function) in functions)
        {
            // Before the original runs: some count their calls.
            var shipped = await ShippedProgram.ShipAsync(node, function);
            Assert.NotSame(function.Method.Module, shipped.Method.Module);
            var (expected, result) = (function(5), shipped(5));
            Assert.True(expected == result, $"{kind}: {expected} here, {result} there");
        }
        node.Unload();
    }

    [Fact]
    public async Task A_function_inside_a_value_takes_only_the_variables_that_it_reads()
    {
        var client = new HttpClient();
        var factor = 3;
        Func<int> other = () => client.GetHashCode();
        Func<int, int>[] held = [x => x * factor];
        var shipped = await ShippedProgram.ShipAsync(ShippedProgram.Node(), (Func<int, int>)(x => held[0](x)));
        Assert.Equal(15, shipped(5));
        GC.KeepAlive(other);
    }

    [Fact]
    public async Task A_function_over_an_object_that_cannot_travel_takes_the_fields_that_it_reads()
    {
        Func<int, int>[] held = [new Service(4).Counter()];
        var shipped = await ShippedProgram.ShipAsync(ShippedProgram.Node(), (Func<int, int>)(x => held[0](x)));
        Assert.Equal(9, shipped(5));
    }

    [Fact]
    public async Task An_input_with_a_delegate_field_travels_while_it_is_null()
    {
        Assert.Null((await Payloads.TripOneAsync(new Button("ok"))).Text(null));
        var pressed = new Button("ok");
        pressed.Pressed += (_, _) => { };
        var error = Assert.Throws<PayloadException>(() => Payloads.Bytes<Button>(new[] { new Button("a"), pressed }));
        Assert.Contains("Item 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Button.Pressed", error.Message, StringComparison.Ordinal);
        Assert.Contains("Capture", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_functions_is_refused_as_an_input_and_a_function_as_a_result()
    {
        Func<int, int>[] functions = [x => x];
        var error = Assert.Throws<PayloadException>(() => Payloads.Bytes<Func<int, int>[]>(new[] { functions }));
        Assert.Contains("function cannot travel inside an input", error.Message, StringComparison.Ordinal);
        Assert.Contains("is a function", Payloads.Refusal<Func<int>>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparer_from_functions_is_refused_as_an_input()
    {
        var set = new SortedSet<int>(Comparer<int>.Create((a, b) => b - a)) { 1, 2 };
        var error = Assert.Throws<PayloadException>(() => Payloads.Bytes<SortedSet<int>>(new[] { set }));
        Assert.Contains("comparer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_an_input_make_no_function()
    {
        // As the bytes of a captured value would be: the mark for a function of one method, and its description.
        using var writer = new PayloadWriter();
        var array = new MessagePack.MessagePackWriter(writer);
        array.WriteArrayHeader(1);
        GraphMarks.Write(ref array, GraphMark.Function, 1);
        array.Write(new byte[] { 1, 2, 3 });
        array.WriteNil();
        array.Flush();
        var honest = Payloads.Bytes<Func<int, int>?[]>(new Func<int, int>?[][] { [null] });
        byte[] hostile = [.. honest[..^2], .. writer.ToArray()];
        hostile[^(int)(writer.Length + 8)] = (byte)writer.Length; // the block's length
        var error = await Assert.ThrowsAsync<PayloadException>(() => Payloads.ReadAsync<Func<int, int>?[]>(hostile, 1));
        Assert.Contains("mark", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_bytes_of_functions_in_values_end_in_an_error()
    {
        var factor = 7;
        var rules = new Dictionary<string, Func<int, int>>(StringComparer.Ordinal) { ["a"] = x => x * factor, ["b"] = Math.Abs };
        var manifest = ShippedProgram.Describe((Func<int, int>)(x => rules["a"](x)));
        var body = manifest.Body.ToArray();
        var refused = 0;
        for (var at = 0; at < body.Length; at++)
        {
            byte[] hostile = [.. body];
            hostile[at] ^= (byte)(1 << at % 8);
            var changed = new ActorPool.Shipping.CodeManifest(hostile, manifest.Modules, manifest.References, manifest.Requirements);
            try
            {
                await ShippedProgram.Node().ResolveAsync(changed).AsTask().Within($"byte {at}");
            }
            catch (Exception e) when (e is InvalidDataException or ActorPoolException)
            {
                refused++;
            }
        }
        Assert.True(refused > body.Length / 3, $"{refused} of {body.Length}");
    }

    private sealed class Button(string text)
    {
        public event EventHandler? Pressed;

        public object? Text(object? none)
        {
            Pressed?.Invoke(this, EventArgs.Empty);
            return text.Length == 2 ? none : text;
        }
    }

    private sealed class Service(int factor)
    {
        private readonly HttpClient _client = new();

        public Func<int, int> Counter() => x => x + factor;

        public int Timeout() => _client.Timeout.Seconds;
    }
}
