using ActorPool.Tests.Support;

namespace ActorPool.Tests.Calls;

public sealed class CheckTests
{
    private static readonly FunctionCheckOptions s_twice = new() { InSecondProcess = true };

    private static int s_set;

    [Fact]
    public async Task It_reports_what_travels()
    {
        var table = Enumerable.Range(0, 1000).ToArray();
        var name = "four";

        var check = await WorkerPool.CheckAsync(x => table[x] + name.Length, 3).Within("the check");

        Assert.Equal(7, check.Result);
        Assert.Equal(
            [("table", "int[]"), ("name", "string"), ("input", "int"), ("result", "int")], check.Values.Select(v => (v.Name, v.Type)));
        Assert.InRange(check.Values[0].Bytes, 1000, 6000);
        Assert.InRange(check.Bytes, check.Values.Sum(value => value.Bytes), 7000);
        Assert.Contains(check.Modules, module => module.StartsWith("Engine.Tests ", StringComparison.Ordinal));
        Assert.Empty(check.Warnings);
        Assert.Contains("table, a int[]", check.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_without_equality_are_the_same_if_the_same_is_written_of_them()
    {
        var pair = await WorkerPool.CheckAsync(x => new[] { x, x + 1 }, 1).Within("the check");
        Assert.Equal(2, pair.Result[1]);
        Assert.Equal(5, (await WorkerPool.CheckAsync(x => new Plain(x), 5).Within("the check")).Result.Value);
        Assert.Equal(double.NaN, (await WorkerPool.CheckAsync(_ => double.NaN, 1).Within("the check")).Result);
    }

    [Fact]
    public async Task A_function_with_another_result_on_copies_is_refused_with_both_results()
    {
        // Strings have no identity.
        var text = new string('a', 3);
        var pair = (First: text, Second: text);

        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => WorkerPool.CheckAsync(x => ReferenceEquals(pair.First, pair.Second) ? x : -x, 4)).Within("the check");

        Assert.Contains("[4] here", error.Message, StringComparison.Ordinal);
        Assert.Contains("[-4] on copies", error.Message, StringComparison.Ordinal);
        Assert.Contains("a lambda in CheckTests.", error.Function, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparer_says_which_results_are_the_same()
    {
        var alike = EqualityComparer<double>.Create((a, b) => Math.Abs(a - b) <= 1, a => 0);

        await WorkerPool.CheckAsync(_ => Random.Shared.NextDouble(), 1, comparer: alike).Within("the check");

        await Assert.ThrowsAsync<FunctionNotShippableException>(() => WorkerPool.CheckAsync(_ => Random.Shared.NextDouble(), 1));
    }

    [Fact]
    public async Task What_it_throws_on_both_sides_is_thrown_unchanged()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => WorkerPool.CheckAsync<int, int>(x => throw new InvalidOperationException($"no {x}"), 3)).Within("the check");

        Assert.Equal("no 3", error.Message);
    }

    [Fact]
    public async Task Writes_that_nobody_sees_are_warnings()
    {
        var count = 0;

        var check = await WorkerPool.CheckAsync(x => { count++; return x; }, 3).Within("the check");

        Assert.Contains("[count]", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_inside_captured_values_are_looked_at_too()
    {
        var count = 0;
        var actions = new List<Action> { () => count++ };

        var check = await WorkerPool.CheckAsync(x => { actions[0](); return x; }, 3).Within("the check");

        Assert.Contains("[count]", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pools_state_and_converters_are_used()
    {
        var options = new FunctionCheckOptions
        {
            Pool = new WorkerPoolOptions { WorkerState = () => new Plain(40), Converters = [new HandleConverter()] },
            InSecondProcess = true,
        };

        var check = await WorkerPool.CheckAsync(
            handle => handle.Number + ((Plain)WorkContext.Current!.State!).Value, new Handle(2), options).Within("the check");

        Assert.Equal(42, check.Result);
    }

    [Fact]
    public async Task Asynchronous_functions_are_checked_too()
    {
        var check = await WorkerPool.CheckAsync(async x => { await Task.Yield(); return x * 2; }, 3, s_twice).Within("the check");
        Assert.Equal(6, check.Result);
        Assert.Equal(6, (await WorkerPool.CheckAsync((x, token) => new ValueTask<int>(x * 2), 3).Within("the check")).Result);
    }

    [Fact]
    public async Task A_second_process_has_other_hash_codes_statics_and_another_time_zone()
    {
        s_set = 7;
        string[] texts = ["a"];

        var hashes = await RefusalAsync(x => texts[x].GetHashCode(StringComparison.Ordinal));
        Assert.Contains("second process", hashes, StringComparison.Ordinal);
        Assert.Contains("[7] here, and [0] in a second process", await RefusalAsync(x => s_set), StringComparison.Ordinal);
        Assert.Contains("second process", await RefusalAsync(x => TimeZoneInfo.Local.BaseUtcOffset.Minutes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_fails_only_in_a_second_process_is_refused()
    {
        s_set = 7;
        var message = await RefusalAsync(x => s_set == 0 ? throw new InvalidOperationException("not set") : x);
        Assert.Contains("a result here", message, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException] (not set) in a second process", message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(Func<int, int> function) =>
        (await Assert.ThrowsAsync<FunctionNotShippableException>(() => WorkerPool.CheckAsync(function, 0, s_twice))
            .Within("the check")).Message;

    private sealed class Plain(int value)
    {
        public int Value => value;
    }

    private sealed class Handle(int number)
    {
        private readonly HttpClient _client = new();

        public int Number => number + (_client.Timeout == TimeSpan.Zero ? 1 : 0);
    }

    private sealed class HandleConverter : PayloadConverter<Handle, int>
    {
        public override int ToSurrogate(Handle value) => value.Number;

        public override Handle FromSurrogate(int surrogate) => new(surrogate);
    }
}
