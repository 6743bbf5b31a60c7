using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using ActorPool.Shipping;
using Akka.Actor;

namespace ActorPool.Tests.Shipping;

public sealed class FunctionRefusalTests
{
    [Fact]
    public async Task A_variable_that_cannot_travel_does_not_matter_to_a_function_that_does_not_read_it()
    {
        var function = ShippedProgram.Function("BesideAClient");
        var node = ShippedProgram.Node();
        Assert.Equal(function(5), (await ShippedProgram.ShipAsync(node, function))(5));
        node.Unload();
    }

    [Fact]
    public async Task A_lambda_takes_only_the_fields_of_its_object_that_it_reads()
    {
        var function = ShippedProgram.Function("OverAService");
        var node = ShippedProgram.Node();
        Assert.Equal(31, (await ShippedProgram.ShipAsync(node, function))(5));
        node.Unload();
    }

    [Theory]
    [InlineData("OverAClient", "client", "a lambda in Program.OverAClient", "HttpClient", "WorkerState")]
    [InlineData("OverAClientInside", "client", "a lambda in Program.OverAClientInside", "HttpClient", "WorkerState")]
    [InlineData("OverADelegateOverAClient", "client", "a lambda in Program.OverADelegateOverAClient", "HttpClient", "WorkerState")]
    [InlineData("OverAStream", "stream", "a lambda in Program.OverAStream", "MemoryStream", "Read it first")]
    [InlineData("OverASequence", "sequence", "a lambda in Program.OverASequence", "Count", "ToArray")]
    [InlineData("OverAHolder", "holder", "a lambda in Program.OverAHolder", "Holder", "field [_http] holds a [HttpClient]")]
    [InlineData("OverAServiceWhole", "this", "a lambda in Service.Whole", "Service", "field [_client] holds a [HttpClient]")]
    public void A_variable_that_cannot_travel_is_named_with_its_type_its_function_and_what_to_do(
        string method, string captured, string function, string type, string advice)
    {
        var error = AssertRefused(ShippedProgram.Function(method));
        Assert.Equal(captured, error.Captured);
        Assert.Equal(function, error.Function);
        Assert.Contains(type, error.CapturedType, StringComparison.Ordinal);
        Assert.Contains($"[{captured}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{function}]", error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_captured_token_is_refused_with_advice_to_use_the_functions_own()
    {
        using var source = new CancellationTokenSource();
        var token = source.Token;
        var error = AssertRefused((int x) => token.IsCancellationRequested ? 0 : x);
        Assert.Equal("token", error.Captured);
        Assert.Contains("WorkContext.Current", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_that_belong_to_this_process_are_refused_whatever_their_declared_type()
    {
        object task = Task.CompletedTask;
        object thread = Thread.CurrentThread;
        IActorRef actor = ActorRefs.Nobody;
        Assert.Equal("task", AssertRefused((int x) => x + task.GetHashCode()).Captured);
        Assert.Equal("thread", AssertRefused((int x) => x + thread.GetHashCode()).Captured);
        Assert.Equal("actor", AssertRefused((int x) => x + actor.GetHashCode()).Captured);
    }

    [Fact]
    public void A_variable_that_the_serializer_refuses_is_refused_by_name()
    {
        List<Task<int>> tasks = [Task.FromResult(1)];
        var query = Enumerable.Range(1, 3).Where(x => x > 1);
        Assert.Contains("Task", AssertRefused((int x) => x + tasks.Count).Message, StringComparison.Ordinal);
        Assert.Equal("query", AssertRefused((int x) => x + query.Count()).Captured);
    }

    [Fact]
    public async Task A_pool_is_refused()
    {
        await using var pool = WorkerPool.Create(1);
        Assert.Equal("pool", AssertRefused((int x) => x + pool.Workers).Captured);
    }

    [Fact]
    public void Functions_made_at_run_time_are_refused()
    {
        Assert.Contains("run time", AssertRefused(ShippedProgram.Function("Compiled")).Message, StringComparison.Ordinal);
        var dynamic = new DynamicMethod("same", typeof(int), [typeof(int)]);
        var il = dynamic.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ret);
        Assert.Contains("run time", AssertRefused(dynamic.CreateDelegate<Func<int, int>>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_an_assembly_made_at_run_time_is_refused()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("made"), AssemblyBuilderAccess.RunAndCollect);
        var type = assembly.DefineDynamicModule("made").DefineType("T", TypeAttributes.Public);
        var method = type.DefineMethod("M", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]);
        method.GetILGenerator().Emit(OpCodes.Ldarg_0);
        method.GetILGenerator().Emit(OpCodes.Ret);
        var function = type.CreateType().GetMethod("M")!.CreateDelegate<Func<int, int>>();
        Assert.Contains("run time", AssertRefused(function).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delegate_of_several_methods_is_refused() =>
        Assert.Contains("several methods", AssertRefused(ShippedProgram.Function("Several")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_native_function_is_refused() =>
        Assert.Contains("native", AssertRefused((Func<int>)NativeProcessId).Message, StringComparison.Ordinal);

    [Fact]
    public void A_function_inside_an_object_is_refused_with_the_objects_field_if_what_it_captures_cannot_travel()
    {
        var client = new HttpClient();
        var held = new Held { Callback = x => client.Timeout.Seconds + x };
        var error = AssertRefused((int x) => held.Callback(x));
        Assert.Equal("held", error.Captured);
        Assert.Contains("Held.Callback.client", error.Message, StringComparison.Ordinal);
        Assert.Contains("client", error.Message, StringComparison.Ordinal);
        Assert.Contains("HttpClient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_function_inside_an_object_is_refused()
    {
        Func<int>[] held = [NativeProcessId];
        var error = AssertRefused((int x) => held[0]() + x);
        Assert.Equal("held", error.Captured);
        Assert.Contains("native", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_of_the_base_class_that_is_overridden_is_refused_as_such()
    {
        var dog = new Dog();
        Assert.Contains("base class", AssertRefused(dog.OfBase()).Message, StringComparison.Ordinal);
        Func<int, int>[] held = [dog.OfBase()];
        Assert.Contains("base class", AssertRefused((int x) => held[0](x)).Message, StringComparison.Ordinal);
        Assert.NotNull(ShippedProgram.Describe((Func<int, int>)dog.Say));
    }

    [Fact]
    public void A_function_that_is_called_on_null_is_refused()
    {
        string? none = null;
        Assert.Contains("null", AssertRefused((Func<int, int>)none.Plus).Message, StringComparison.Ordinal);
    }

    private static FunctionNotShippableException AssertRefused(Func<int, int> function) => AssertRefused((Delegate)function);

    private static FunctionNotShippableException AssertRefused(Delegate function) =>
        Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function));

    [DllImport("libc", EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int NativeProcessId();

    private class Animal
    {
        public virtual int Say(int x) => x;
    }

    private sealed class Dog : Animal
    {
        public override int Say(int x) => -x;

        public Func<int, int> OfBase() => base.Say;
    }

    private sealed class Held
    {
        public required Func<int, int> Callback { get; init; }
    }
}

internal static class NullableText
{
    public static int Plus(this string? text, int value) => (text?.Length ?? 0) + value;
}
