using System.Text.RegularExpressions;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Worker processes that die while they run no item.</summary>
/// <remarks>They are in a converter, or in a result that is computed while it is written.</remarks>
[Collection(ManyProcesses.Name)]
public sealed class DeathBetweenItemsTests : IAsyncLifetime
{
    private const int Items = 40;
    private const int Poison = 25;
    private const string Reason = "The test ends its process.";
    private static readonly JobOptions s_oneChunk = new() { ChunkSize = Items };
    private static readonly Letter[] s_letters = [.. Enumerable.Range(0, Items).Select(number => new Letter(number))];

    private static readonly WorkerPoolOptions s_options = new()
    {
        Workers = 1,
        Isolation = WorkerIsolation.Process,
        Converters = [new LetterConverter()],
    };

    private WorkerPool _pool = WorkerPool.Create(s_options);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task The_item_pays_whose_converter_ends_the_process()
    {
        var outcomes = await _pool.TryMapAsync(letter => letter.Number, s_letters, s_oneChunk).Within("map", _pool);
        CheckOutcomes(outcomes);
        Assert.Equal(3, _pool.Statistics.Lost);
    }

    [Fact]
    public async Task It_pays_although_the_pool_has_an_initializer()
    {
        await _pool.DisposeAsync();
        _pool = WorkerPool.Create(s_options with { Initializer = () => Environment.SetEnvironmentVariable("LETTERS", "1") });
        var outcomes = await _pool.TryMapAsync(letter => letter.Number, s_letters, s_oneChunk).Within("map", _pool);
        CheckOutcomes(outcomes);
    }

    [Fact]
    public async Task The_item_pays_whose_result_ends_the_process_while_it_is_written()
    {
        var outcomes = await _pool.TryMapAsync(Compute, Enumerable.Range(0, Items), s_oneChunk).Within("map", _pool);
        Assert.Equal(
            Enumerable.Range(0, Items).Where(x => x != Poison), outcomes.Where(one => one.IsSuccess).Select(one => one.Value.Single()));
        CheckPoison(Assert.Single(outcomes, one => !one.IsSuccess).Error!);
        Assert.Equal(3, _pool.Statistics.Lost);
    }

    private static void CheckOutcomes(IReadOnlyList<ItemResult<int>> outcomes)
    {
        Assert.Equal(
            Enumerable.Range(0, Items).Where(x => x != Poison), outcomes.Where(one => one.IsSuccess).Select(one => one.Value));
        CheckPoison(Assert.Single(outcomes, one => !one.IsSuccess).Error!);
    }

    private static void CheckPoison(WorkItemException error)
    {
        Assert.Equal(Poison, error.Index);
        Assert.Equal(ItemFailureCause.WorkersLost, error.Cause);
        var poison = Assert.IsType<PoisonItemException>(error.InnerException);
        Assert.Contains($"Item {Poison} lost 3 worker processes in a row", poison.Message, StringComparison.Ordinal);
        Assert.Contains(Reason, poison.Message, StringComparison.Ordinal);
        // Each death has its process, as with those that ended while they ran the item.
        Assert.Equal(3, Regex.Count(poison.Message, @"worker-\d+: its process \d+ ended with "));
    }

    private static IEnumerable<int> Compute(int item)
    {
        if (item == Poison)
            Environment.FailFast(Reason);
        yield return item;
    }

    private sealed record Letter(int Number);

    private sealed class LetterConverter : PayloadConverter<Letter, int>
    {
        public override int ToSurrogate(Letter value) => value.Number;

        public override Letter FromSurrogate(int surrogate)
        {
            if (surrogate == Poison)
                Environment.FailFast(Reason);
            return new Letter(surrogate);
        }
    }
}
