using ActorPool;

namespace Testing;

/// <summary>Makes pictures small: the service that the tests are about.</summary>
/// <param name="pool">Runs one picture in each worker.</param>
/// <param name="shrink">Makes one picture small.</param>
public sealed class Thumbnails(WorkerPool pool, Func<string, CancellationToken, ValueTask<int>> shrink)
{
    /// <summary>Makes all pictures of an album small.</summary>
    /// <returns>The size of each, in the order of the names; -1 where it could not be made.</returns>
    public async Task<int[]> ShrinkAlbumAsync(IReadOnlyList<string> names)
    {
        var options = new JobOptions
        {
            Name = "album",
            ChunkSize = 1,
            ItemTimeout = TimeSpan.FromMinutes(1),
            Retries = 1,
            RetryWhen = error => error is IOException,
        };
        var results = await pool.TryMapAsync(shrink, names, options);
        return [.. results.Select(result => result.IsSuccess ? result.Value : -1)];
    }
}
