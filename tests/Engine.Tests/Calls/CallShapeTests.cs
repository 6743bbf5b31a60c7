using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Calls;

/// <summary>The shapes of functions that Map takes: each must compile, and mean what it says.</summary>
/// <remarks>
/// What is tested here is the choice of the compiler among the overloads. A shape that becomes ambiguous breaks the build, and one that
/// binds to another overload gives another result. The other calls have their shapes in <see cref="OtherCallShapeTests"/>.
/// </remarks>
public sealed class CallShapeTests : IAsyncLifetime
{
    private static readonly int[] s_inputs = [1, 2];
    private static readonly int[] s_doubled = [2, 4];

    private readonly WorkerPool _pool = WorkerPool.Create(2);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task Functions_that_return_a_value()
    {
        Func<int, int> variable = x => x * 2;
        int Local(int x) => x * 2;
        await AllDouble(
            _pool.MapAsync(x => x * 2, s_inputs),
            _pool.MapAsync(x => { return x * 2; }, s_inputs),
            _pool.MapAsync(static x => x * 2, s_inputs),
            _pool.MapAsync((int x) => x * 2, s_inputs),
            _pool.MapAsync(int (int x) => x * 2, s_inputs),
            _pool.MapAsync(delegate (int x) { return x * 2; }, s_inputs),
            _pool.MapAsync(x => x > 0 ? x * 2 : throw new InvalidOperationException(), s_inputs),
            _pool.MapAsync(x => x switch { 1 => 2, 2 => 4, _ => throw new InvalidOperationException() }, s_inputs),
            _pool.MapAsync(variable, s_inputs),
            _pool.MapAsync((Func<int, int>)Twice, s_inputs),
            _pool.MapAsync(new Func<int, int>(Twice), s_inputs),
            _pool.MapAsync<int, int>(x => x * 2, s_inputs),
            _pool.MapAsync<int, int>(Twice, s_inputs),
            _pool.MapAsync(function: x => x * 2, inputs: s_inputs),
            _pool.MapAsync(inputs: s_inputs, function: Twice),
            _pool.MapAsync(x => x * 2, s_inputs, (JobOptions?)null),
            _pool.MapAsync(x => x * 2, s_inputs, null, CancellationToken.None),
            _pool.MapAsync(x => x * 2, s_inputs, cancellationToken: default),
            _pool.MapAsync(x => x * 2, s_inputs.ToList()),
            _pool.MapAsync(x => x * 2, s_inputs.Where(x => x > 0)),
            _pool.MapAsync(x => x * 2, [1, 2]),
            _pool.MapAsync(Local, s_inputs),
            _pool.MapAsync(Twice, s_inputs));
    }

    [Fact]
    public async Task Method_groups_that_are_generic_or_overloaded()
    {
        Assert.Equal(s_inputs, await _pool.MapAsync(Identity, s_inputs).Within("generic", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(Identity<int>, s_inputs).Within("generic with its argument", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(Math.Abs, s_inputs).Within("overloaded", _pool));
        Assert.Equal(s_doubled, await _pool.MapAsync(Overloaded, s_inputs).Within("the overload that returns a value", _pool));
        Assert.Equal(Inputs(1L, 2L), await _pool.MapAsync(Overloaded, Inputs("a", "bb")).Within("the one that returns a task", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(Wrap, s_inputs).Within("generic, a task", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(Wrap<int>, s_inputs).Within("generic with its argument, a task", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(WrapValue, s_inputs).Within("generic, a value task", _pool));
    }

    [Fact]
    public async Task Functions_that_return_other_types()
    {
        Assert.Equal(Inputs((1, 1), (2, 2)), await _pool.MapAsync(x => (x, x), s_inputs).Within("a tuple", _pool));
        Assert.Equal([1, 2], (await _pool.MapAsync(x => new { x }, s_inputs).Within("an anonymous type", _pool)).Select(y => y.x));
        Assert.Equal([1, 2], (await _pool.MapAsync(x => new Box { Value = x }, s_inputs).Within("an object", _pool)).Select(y => y.Value));
        var dynamics = await _pool.MapAsync(x => { dynamic y = x; return y; }, s_inputs).Within("dynamic", _pool);
        Assert.Equal([1, 2], dynamics.Select(y => (int)y));
    }

    [Fact]
    public async Task Functions_without_a_type_of_their_own()
    {
#pragma warning disable MA0022 // who writes these nulls means results, not tasks
        string?[] nulls = [null, null];
        int[] zeros = [0, 0];
        Assert.Equal(nulls, await _pool.MapAsync<int, string?>(_ => null, s_inputs).Within("null", _pool));
        Assert.Equal(nulls, await _pool.MapAsync<int, string?>(_ => default, s_inputs).Within("default of a class", _pool));
        Assert.Equal(nulls, await _pool.MapAsync<int, string>(_ => null!, s_inputs).Within("null!", _pool));
        Assert.Equal(nulls, await _pool.MapAsync(string? (int _) => null, s_inputs).Within("null of a stated type", _pool));
        Assert.Equal(zeros, await _pool.MapAsync<int, int>(_ => default, s_inputs).Within("default of a struct", _pool));
        Assert.Equal(zeros, await _pool.MapAsync<int, int>(x => x > 9 ? throw new FormatException() : default, s_inputs));
        Assert.Equal(
            [1, 2], (await _pool.MapAsync<int, int[]>(x => [x], s_inputs).Within("a collection expression", _pool)).Select(y => y[0]));
        Assert.Equal(
            [1, 2], (await _pool.MapAsync<int, Box>(x => new() { Value = x }, s_inputs).Within("new()", _pool)).Select(y => y.Value));
        Assert.Equal([1, 2], (await _pool.MapAsync<int, Func<int>>(x => () => x, s_inputs).Within("a lambda", _pool)).Select(y => y()));

        await FailsByItem<FormatException>(_pool.MapAsync<int, int>(_ => throw new FormatException(), s_inputs), "throw");
        await FailsByItem<FormatException>(_pool.MapAsync<int, string>(_ => { throw new FormatException(); }, s_inputs), "{}");
        await FailsByItem<FormatException>(_pool.MapAsync(int (int _) => throw new FormatException(), s_inputs), "int throw");
        await FailsByItem<FormatException>(
            _pool.MapAsync(_ => throw new FormatException(), s_inputs, new int[2].AsMemory()), "throw, into a buffer");
#pragma warning restore MA0022
    }

    [Fact]
    public async Task Functions_with_a_token()
    {
        Func<int, CancellationToken, ValueTask<int>> variable = (x, _) => new ValueTask<int>(x * 2);
        await AllDouble(
            _pool.MapAsync((x, token) => new ValueTask<int>(x * 2), s_inputs),
            _pool.MapAsync((int x, CancellationToken _) => new ValueTask<int>(x * 2), s_inputs),
            _pool.MapAsync(async (x, token) => { await Task.Delay(0, token); return x * 2; }, s_inputs),
            _pool.MapAsync<int, int>(async (x, _) => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(variable, s_inputs),
            _pool.MapAsync(TwiceWithToken, s_inputs));
        Assert.Equal(Inputs(3, 3), await _pool.MapAsync((_, _) => ValueTask.FromResult(3), s_inputs).Within("discards", _pool));
    }

    [Fact]
    public async Task Functions_that_return_a_task()
    {
        Func<int, Task<int>> variable = async x => { await Task.Yield(); return x * 2; };
        async Task<int> LocalAsync(int x)
        {
            await Task.Yield();
            return x * 2;
        }
        await AllDouble(
            _pool.MapAsync(async x => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(static async x => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(async (int x) => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(async delegate (int x) { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync<int, int>(async x => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(async x => await TwiceAsync(x), s_inputs),
            _pool.MapAsync(async x => x > 0 ? await TwiceAsync(x) : throw new InvalidOperationException(), s_inputs),
            _pool.MapAsync(async x => await new ValueTask<int>(x * 2), s_inputs),
            _pool.MapAsync(x => Task.FromResult(x * 2), s_inputs),
            _pool.MapAsync(x => x > 0 ? TwiceAsync(x) : throw new InvalidOperationException(), s_inputs),
            _pool.MapAsync(x => { return TwiceAsync(x); }, s_inputs),
            _pool.MapAsync(delegate (int x) { return TwiceAsync(x); }, s_inputs),
            _pool.MapAsync(variable, s_inputs),
            _pool.MapAsync<int, int>(TwiceAsync, s_inputs),
            _pool.MapAsync(LocalAsync, s_inputs),
            _pool.MapAsync(TwiceAsync, s_inputs),
            _pool.MapAsync(inputs: s_inputs, function: async x => await TwiceAsync(x)),
            _pool.MapAsync(async x => await TwiceAsync(x), s_inputs, null, CancellationToken.None));
        Assert.Equal(Inputs(3, 3), await _pool.MapAsync(async delegate { await Task.Yield(); return 3; }, s_inputs).Within("_", _pool));
        await FailsByItem<FormatException>(
            _pool.MapAsync<int, int>(async _ => { await Task.Yield(); throw new FormatException(); }, s_inputs), "async throw");
    }

    [Fact]
    public async Task Functions_that_return_a_value_task()
    {
        Func<int, ValueTask<int>> variable = x => new ValueTask<int>(x * 2);
        await AllDouble(
            _pool.MapAsync(x => new ValueTask<int>(x * 2), s_inputs),
            _pool.MapAsync(static x => ValueTask.FromResult(x * 2), s_inputs),
            _pool.MapAsync((int x) => TwiceValueAsync(x), s_inputs),
            _pool.MapAsync(async ValueTask<int> (int x) => { await Task.Yield(); return x * 2; }, s_inputs),
            _pool.MapAsync(x => { return TwiceValueAsync(x); }, s_inputs),
            _pool.MapAsync<int, int>(x => TwiceValueAsync(x), s_inputs),
            _pool.MapAsync(variable, s_inputs),
            _pool.MapAsync<int, int>(TwiceValueAsync, s_inputs),
            _pool.MapAsync(TwiceValueAsync, s_inputs));
    }

    private static int Twice(int x) => x * 2;

    private static int Overloaded(int x) => x * 2;

    private static Task<long> Overloaded(string x) => Task.FromResult((long)x.Length);

    private static Task<T> Wrap<T>(T x) => Task.FromResult(x);

    private static ValueTask<T> WrapValue<T>(T x) => new(x);

    private static async Task<int> TwiceAsync(int x)
    {
        await Task.Yield();
        return x * 2;
    }

    private static async ValueTask<int> TwiceValueAsync(int x) => await TwiceAsync(x);

    private static async ValueTask<int> TwiceWithToken(int x, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await TwiceAsync(x);
    }

    private static async Task AllDouble(params Task<int[]>[] calls)
    {
        foreach (var (i, call) in calls.Index())
            Assert.Equal(s_doubled, await call.Within($"call {i}"));
    }

    private sealed class Box
    {
        public int Value { get; init; }
    }
}
