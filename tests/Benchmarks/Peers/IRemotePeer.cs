namespace ActorPool.Benchmarks.Peers;

/// <summary>Another process that does the work of each message.</summary>
/// <remarks>Its code is written by hand for each framework.</remarks>
internal interface IRemotePeer : IAsyncDisposable
{
    Task<long[]> SquareAsync(int[] numbers);
    Task<double> SumAsync(double[] block);
    Task<double[]> MakeAsync(int first);
    Task<int> EchoAsync(int number);
}
