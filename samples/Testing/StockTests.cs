using ActorPool;
using ActorPool.TestKit;

namespace Testing;

/// <summary>A scenario under many random schedules: workers are lost, and items overlap in every order.</summary>
/// <remarks><c>ACTORPOOL_SEED=123 dotnet test samples/Testing</c> runs the schedule of that seed alone.</remarks>
public sealed class StockTests
{
    [Fact]
    public Task Each_order_gets_one_seat_under_each_schedule() => Schedule.RunAllAsync(async schedule =>
    {
        var stock = new Stock(seats: 100, schedule.Time);
        await schedule.Pool.ForEachAsync(stock.ReserveAsync, Enumerable.Range(0, 30));
        Assert.Equal(70, stock.Free);
    });

    [Fact]
    public async Task The_bug_of_the_careless_one_is_found()
    {
        var found = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(async schedule =>
        {
            var stock = new Stock(seats: 100, schedule.Time);
            await schedule.Pool.ForEachAsync(stock.ReserveCarelesslyAsync, Enumerable.Range(0, 30));
            Assert.Equal(70, stock.Free);
        }));

        Assert.StartsWith("ACTORPOOL_SEED=", found.Message, StringComparison.Ordinal);   // the command that repeats it
    }
}
