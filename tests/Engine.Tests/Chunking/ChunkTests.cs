using ActorPool.Chunking;

namespace ActorPool.Tests.Chunking;

public sealed class ChunkTests
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 10)];

    [Fact]
    public void A_slice_has_its_part_of_the_inputs_and_of_the_results()
    {
        var results = new int[10];
        var chunk = new Chunk<int, int>(100, s_inputs, results, ResultShape.PerItem);
        var slice = (Chunk<int, int>)chunk.Slice(3, 4);
        Assert.Equal(103, slice.Start);
        Assert.Equal([3, 4, 5, 6], slice.Inputs.ToArray());
        slice.Results.Span.Fill(1);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], results);
    }

    [Fact]
    public void A_slice_of_the_whole_chunk_is_the_chunk_itself()
    {
        var chunk = new Chunk<int, int>(0, s_inputs, new int[10], ResultShape.PerItem);
        Assert.Same(chunk, chunk.Slice(0, 10));
    }

    [Fact]
    public void The_start_of_a_slice_of_a_slice_is_counted_from_the_jobs_first_input()
    {
        var chunk = new Chunk<int, int>(100, s_inputs, new int[10], ResultShape.PerItem);
        Assert.Equal([6], ((Chunk<int, int>)chunk.Slice(4, 5).Slice(2, 1)).Inputs.ToArray());
        Assert.Equal(106, chunk.Slice(4, 5).Slice(2, 1).Start);
    }

    [Fact]
    public void A_chunk_that_is_one_item_keeps_its_one_result_in_every_slice()
    {
        var results = new string[1];
        var chunk = new Chunk<int, string>(0, s_inputs, results, ResultShape.PerChunk);
        ((Chunk<int, string>)chunk.Slice(5, 5)).Results.Span[0] = "x";
        Assert.Equal("x", results[0]);
    }
}
