using ActorPool;
using ActorPool.TestKit;

namespace Testing;

/// <summary>Scenarios on virtual time: the test ends each item, and no test waits.</summary>
public sealed class ThumbnailsTests
{
    [Fact]
    public async Task Results_keep_the_order_of_the_names_whichever_ends_first()
    {
        await using var test = PoolTest.Start(workers: 2);
        var shrink = test.CreateFunction<string, int>();

        var album = new Thumbnails(test.Pool, shrink.RunAsync).ShrinkAlbumAsync(["a.png", "b.png"]);
        var pictures = await shrink.NextAsync(2);
        pictures[1].Complete(20);
        pictures[0].Complete(10);

        var sizes = await test.ExpectResultAsync(album);
        Assert.Equal([10, 20], sizes);
    }

    [Fact]
    public async Task A_picture_that_takes_too_long_costs_only_itself()
    {
        await using var test = PoolTest.Start(workers: 2);
        var shrink = test.CreateFunction<string, int>();

        var album = new Thumbnails(test.Pool, shrink.RunAsync).ShrinkAlbumAsync(["huge.png", "b.png"]);
        var pictures = await shrink.NextAsync(2);
        pictures[1].CompleteAfter(TimeSpan.FromSeconds(50), 20);
        await test.AdvanceAsync(TimeSpan.FromSeconds(50));
        await test.AdvanceAsync(TimeSpan.FromSeconds(10));

        var sizes = await test.ExpectResultAsync(album);
        Assert.Equal([-1, 20], sizes);
    }

    [Fact]
    public async Task A_disk_error_is_tried_again_and_a_broken_picture_is_not()
    {
        await using var test = PoolTest.Start(workers: 1);
        var shrink = test.CreateFunction<string, int>();

        var thumbnails = new Thumbnails(test.Pool, shrink.RunAsync);
        var album = thumbnails.ShrinkAlbumAsync(["a.png"]);
        (await shrink.NextAsync()).Fail(new IOException("disk"));
        var again = await shrink.NextAsync();
        Assert.Equal(("a.png", 2), (again.Input, again.Attempt));
        again.Complete(10);
        var sizes = await test.ExpectResultAsync(album);
        Assert.Equal([10], sizes);

        var broken = thumbnails.ShrinkAlbumAsync(["broken.png"]);
        (await shrink.NextAsync()).Fail(new InvalidDataException("broken"));
        sizes = await test.ExpectResultAsync(broken);
        Assert.Equal([-1], sizes);
    }

    [Fact]
    public async Task A_lost_worker_loses_no_picture()
    {
        await using var test = PoolTest.Start(workers: 2);
        var shrink = test.CreateFunction<string, int>();

        var album = new Thumbnails(test.Pool, shrink.RunAsync).ShrinkAlbumAsync(["a.png"]);
        await (await shrink.NextAsync()).KillWorkerAsync();
        (await shrink.NextAsync()).Complete(10);

        var sizes = await test.ExpectResultAsync(album);
        Assert.Equal([10], sizes);
        await test.ExpectIdleAsync();
    }
}
