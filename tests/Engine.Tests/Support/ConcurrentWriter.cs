using System.Collections.Concurrent;
using System.Globalization;

namespace ActorPool.Tests.Support;

/// <summary>A thread that makes collections grow and shrink until it is disposed.</summary>
internal sealed class ConcurrentWriter : IAsyncDisposable
{
    private const int MaxEntries = 200;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    private ConcurrentWriter(Action<CancellationToken> write) =>
        _writing = Task.Factory.StartNew(() => write(_stop.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Adds pairs of a number and its text, and removes them again.</summary>
    public static ConcurrentWriter Over(ConcurrentDictionary<int, string> dictionary) => new(stop =>
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = 1; i <= MaxEntries; i++)
                dictionary[i] = i.ToString(CultureInfo.InvariantCulture);
            for (var i = 1; i <= MaxEntries; i++)
                dictionary.TryRemove(i, out _);
        }
    });

    /// <summary>Adds the text "item" and takes it out again.</summary>
    public static ConcurrentWriter Over(params IProducerConsumerCollection<string>[] collections) => new(stop =>
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < MaxEntries; i++)
                Array.ForEach(collections, c => c.TryAdd("item"));
            for (var i = 0; i < MaxEntries; i++)
                Array.ForEach(collections, c => c.TryTake(out _));
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
    }
}
