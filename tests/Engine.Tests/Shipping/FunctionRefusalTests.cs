using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Akka.Actor;

namespace ActorPool.Tests.Shipping;

public sealed class FunctionRefusalTests
{
    [Fact]
    public async Task A_variable_that_cannot_travel_does_not_matter_to_a_function_that_does_not_read_it()
    {
        var function = ShippedProgram.Function("BesideAClient");
        var node = ShippedProgram.Node();
        Assert.Equal(function(5), (await ShippedProgram.Ship(node, function))(5));
        node.Unload();
    }

    [Fact]
    public async Task Of_its_object_a_lambda_takes_the_fields_that_it_reads()
    {
        var function = ShippedProgram.Function("OverAService");
        var node = ShippedProgram.Node();
        Assert.Equal(31, (await ShippedProgram.Ship(node, function))(5));
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
    public void What_cannot_travel_is_named_with_its_type_its_function_and_what_to_do(string method, string captured, string function, string type, string says)
    {
        var error = Refused(ShippedProgram.Function(method));
        Assert.Equal(captured, error.Captured);
        Assert.Equal(function, error.Function);
        Assert.Contains(type, error.CapturedType, StringComparison.Ordinal);
        Assert.Contains($"[{captured}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{function}]", error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_captured_token_is_refused_with_the_way_to_the_functions_own()
    {
        using var source = new CancellationTokenSource();
        var token = source.Token;
        var error = Refused((int x) => token.IsCancellationRequested ? 0 : x);
        Assert.Equal("token", error.Captured);
        Assert.Contains("WorkContext.Current", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_belongs_to_this_process_is_refused_whatever_its_declared_type()
    {
        object task = Task.CompletedTask;
        object thread = Thread.CurrentThread;
        IActorRef actor = ActorRefs.Nobody;
        Assert.Equal("task", Refused((int x) => x + task.GetHashCode()).Captured);
        Assert.Equal("thread", Refused((int x) => x + thread.GetHashCode()).Captured);
        Assert.Equal("actor", Refused((int x) => x + actor.GetHashCode()).Captured);
    }

    [Fact]
    public void What_the_serializer_refuses_is_refused_with_the_variable()
    {
        List<Task<int>> tasks = [Task.FromResult(1)];
        var query = Enumerable.Range(1, 3).Where(x => x > 1);
        Assert.Contains("Task", Refused((int x) => x + tasks.Count).Message, StringComparison.Ordinal);
        Assert.Equal("query", Refused((int x) => x + query.Count()).Captured);
    }

    [Fact]
    public async Task A_pool_is_refused()
    {
        await using var pool = WorkerPool.Create(1);
        Assert.Equal("pool", Refused((int x) => x + pool.Workers).Captured);
    }

    [Fact]
    public void Functions_made_at_run_time_are_refused()
    {
        Assert.Contains("run time", Refused(ShippedProgram.Function("Compiled")).Message, StringComparison.Ordinal);
        var dynamic = new DynamicMethod("same", typeof(int), [typeof(int)]);
        var il = dynamic.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ret);
        Assert.Contains("run time", Refused(dynamic.CreateDelegate<Func<int, int>>()).Message, StringComparison.Ordinal);
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
        Assert.Contains("run time", Refused(function).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delegate_of_several_methods_is_refused() =>
        Assert.Contains("several methods", Refused(ShippedProgram.Function("Several")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_native_function_is_refused() => Assert.Contains("native", Refused((Func<int>)NativeProcessId).Message, StringComparison.Ordinal);

    [Fact]
    public void A_delegate_inside_of_an_object_is_refused_with_the_objects_field()
    {
        var held = new Held { Callback = x => x };
        var error = Refused((int x) => held.Callback(x));
        Assert.Equal("held", error.Captured);
        Assert.Contains("[Callback]", error.Message, StringComparison.Ordinal);
    }

    private static FunctionNotShippableException Refused(Func<int, int> function) => Refused((Delegate)function);

    private static FunctionNotShippableException Refused(Delegate function) => Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function));

    [DllImport("libc", EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int NativeProcessId();

    private sealed class Held
    {
        public required Func<int, int> Callback { get; init; }
    }
}
