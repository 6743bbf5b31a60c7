using Akka.Actor;
using Akka.Routing;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Cuts a map into ranges for the router.</summary>
internal static class Ranges
{
    public static async Task<TOut[]> AskAsync<TIn, TOut>(AkkaSystem akka, MapWork<TIn, TOut> work, int size)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        var answers = new List<Task>((inputs.Length / size) + 1);
        for (var from = 0; from < inputs.Length; from += size)
            answers.Add(akka.Router.Ask<RunRange>(new RunRange(Body, from, Math.Min(inputs.Length, from + size))));
        await Task.WhenAll(answers);
        return buffer;

        void Body(int from, int to)
        {
            for (var i = from; i < to; i++)
                buffer[i] = function(inputs[i]);
        }
    }
}
