using ActorPool.Jobs;
using ActorPool.Wire;

namespace ActorPool.Tests.Jobs;

/// <summary>What a node makes of the description of a call, whoever sent it.</summary>
public sealed class CallFactoryTests
{
    private static readonly Delegate[] s_functions =
    [
        (int x) => x,
        (int x) => Task.FromResult(x),
        (int x) => new ValueTask<int>(x),
        (int x, CancellationToken _) => new ValueTask<int>(x),
        (int x) => Task.CompletedTask,
        (int x) => ValueTask.CompletedTask,
        () => 1,
        () => Task.FromResult(1),
        () => new ValueTask<int>(1),
        (int x, int y) => x + y,
        (int x, int y) => Task.FromResult(x + y),
        (int x, int y) => new ValueTask<int>(x + y),
        (int x, int y, int z) => Task.FromResult(x + y + z),
        (int x, int y, int z, int w) => new ValueTask<int>(x + y + z + w),
        (string x) => Task.FromResult(x),
    ];

    [Fact]
    public void Each_asynchronous_function_is_made_of_the_delegate_that_its_caller_described()
    {
        CallDescription[] calls =
        [
            CallFactory.MapAsync((int x) => Task.FromResult(x)).Describe(),
            CallFactory.MapAsync((int x) => new ValueTask<int>(x)).Describe(),
            new AsyncItemFunction<int, int>((x, _) => new ValueTask<int>(x)).Describe(),
            CallFactory.ForEachAsync((int _) => Task.CompletedTask).Describe(),
            CallFactory.ForEachAsync((int _) => ValueTask.CompletedTask).Describe(),
            new AsyncItemAction<int>((_, _) => ValueTask.CompletedTask).Describe(),
            CallFactory.ApplyAsync(() => Task.FromResult(1)).Describe(),
            CallFactory.ApplyAsync(() => new ValueTask<int>(1)).Describe(),
            CallFactory.ApplyAsync(_ => new ValueTask<int>(1)).Describe(),
            CallFactory.StarAsync((int a, int b) => Task.FromResult(a + b)).Describe(),
            CallFactory.StarAsync((int a, int b) => new ValueTask<int>(a + b)).Describe(),
            CallFactory.StarAsync((int a, int b, int c) => Task.FromResult(a + b + c)).Describe(),
            CallFactory.StarAsync((int a, int b, int c) => new ValueTask<int>(a + b + c)).Describe(),
            CallFactory.StarAsync((int a, int b, int c, int d) => Task.FromResult(a + b + c + d)).Describe(),
            CallFactory.StarAsync((int a, int b, int c, int d) => new ValueTask<int>(a + b + c + d)).Describe(),
        ];

        Assert.All(calls, call =>
        {
            var made = CallFactory.Visit(call, new Described());
            Assert.True(made.IsAsync);
            Assert.Equal((call.Kind, call.Functions[0]), (made.Call.Kind, made.Call.Functions[0]));
            Assert.Equal(call.Types, made.Call.Types);
        });
    }

    [Fact]
    public void A_delegate_that_does_not_fit_its_kind_is_refused_whatever_it_is()
    {
        var made = 0;
        foreach (var kind in Enum.GetValues<CallKind>())
        {
            foreach (var function in s_functions)
            {
                for (var types = 0; types < 6; types++)
                {
                    var call = new CallDescription(kind, [.. Enumerable.Repeat(typeof(int), types)], [function]);
                    try
                    {
                        CallFactory.Visit(call, new Described());
                        made++;
                    }
                    catch (InvalidDataException e)
                    {
                        Assert.Contains($"[{kind}]", e.Message, StringComparison.Ordinal);
                    }
                }
            }
        }

        Assert.Equal(15, made);
    }

    [Fact]
    public void A_call_whose_result_nobody_would_await_is_refused_by_a_node_too()
    {
        Func<int, Task<Task<int>>> function = x => Task.FromResult(Task.FromResult(x));

        var refusal = Assert.Throws<InvalidDataException>(() => CallFactory.Visit(
            new CallDescription(CallKind.MapAsync, [typeof(int), typeof(Task<int>)], [function]), new Described()));

        Assert.Contains("[Task<int>]", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Described : CallFactory.IVisitor<(bool IsAsync, CallDescription Call)>
    {
        public (bool IsAsync, CallDescription Call) Visit<TIn, TOut>(ChunkFunction<TIn, TOut> function) =>
            (function.IsAsync, function.Describe());
    }
}
