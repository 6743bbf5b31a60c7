using System.Runtime.CompilerServices;
using ActorPool.Serialization;
using Akka.Actor;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class ProcessBoundTypesTests
{
    [Theory]
    [InlineData(typeof(CancellationToken), "WorkContext.Current")]
    [InlineData(typeof(Task<int>), "Await it")]
    [InlineData(typeof(MemoryStream), "Read it first")]
    [InlineData(typeof(HttpClient), "WorkerState")]
    [InlineData(typeof(IActorRef), "no way back")]
    [InlineData(typeof(Progress<int>), "JobOptions.Progress")]
    [InlineData(typeof(IEnumerator<int>), "Send the collection")]
    [InlineData(typeof(List<int>.Enumerator), "Send the collection")]
    [InlineData(typeof(IQueryable<int>), "ToArray")]
    [InlineData(typeof(nint), "Use a long")]
    [InlineData(typeof(nuint), "Use a long")]
    [InlineData(typeof(WorkerPool), "create a pool inside the function")]
    public void Process_bound_types_are_found_by_type_base_type_or_interface(Type type, string advice) =>
        Assert.Contains(advice, ProcessBoundTypes.Find(type)?.Advice, StringComparison.Ordinal);

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(List<int>))]
    [InlineData(typeof(Buffer16))]
    [InlineData(typeof(KeyValuePair<string, int>))]
    public void Other_types_are_not_process_bound(Type type) => Assert.Null(ProcessBoundTypes.Find(type));

    [Fact]
    public void An_input_is_refused_with_the_advice_that_a_captured_variable_gets()
    {
        var refusal = Assert.Throws<PayloadException>(() => New().Check(typeof(Holder)));
        Assert.Contains(ProcessBoundTypes.Find(typeof(IProgress<int>))!.Advice, refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Holder
    {
        public IProgress<int>? Progress { get; init; }
    }

    /// <summary>Looks like the type that the compiler generates for a fixed buffer.</summary>
    [CompilerGenerated]
    private struct Buffer16;
}
