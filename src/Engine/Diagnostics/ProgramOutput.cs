namespace ActorPool.Diagnostics;

/// <summary>Writes lines of functions to the program's standard output and error.</summary>
internal static class ProgramOutput
{
    // One line at a time, of all pools: if nobody reads the program's output, one thread waits there, and not one for each worker.
    private static readonly SemaphoreSlim s_turn = new(1);

    public static async Task WriteAsync(string line, bool isError)
    {
        await s_turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var output = isError ? Console.Error : Console.Out;
            // In one piece: the program may write at the same time.
            await output.WriteAsync($"{line}{output.NewLine}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program has closed its output: nobody reads it.
        }
        finally
        {
            s_turn.Release();
        }
    }
}
