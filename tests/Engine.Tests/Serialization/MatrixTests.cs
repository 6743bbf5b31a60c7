using System.Reflection;
using ActorPool.Tests.Shipping;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class MatrixTests
{
    private static readonly int[] s_pair = [1, 2];

    [Fact]
    public async Task Lower_bounds_and_items_are_kept_in_every_rank()
    {
        for (var rank = 2; rank <= 6; rank++)
        {
            foreach (var bound in new[] { 0, 1, -3, int.MaxValue - 5 })
            {
                int[] lengths = [.. Enumerable.Range(1, rank)];
                int[] bounds = [.. Enumerable.Range(0, rank).Select(i => i == 0 ? bound : i % 2)];
                await AssertSameAsync(Fill<int>(lengths, bounds, i => i));
                await AssertSameAsync(Fill<string?>(lengths, bounds, i => i % 3 == 0 ? null : $"{i}"));
                await AssertSameAsync(Fill<(int, string)>(lengths, bounds, i => (i, $"{i}")));
                await AssertSameAsync(Fill<decimal>(lengths, bounds, i => i));
            }
        }
    }

    [Fact]
    public async Task Empty_dimensions_keep_their_lengths_and_bounds()
    {
        await AssertSameAsync(Fill<int>([0, 3], [1, 2], i => i));
        await AssertSameAsync(Fill<string?>([3, 0, 2], [0, 0, 0], i => $"{i}"));
        Assert.Null(await TripOneAsync<int[,]?>(null));
    }

    [Fact]
    public async Task Arrays_with_a_declared_rank_travel_unchanged()
    {
        var table = (int[,])Fill<int>([2, 2], [1, 1], i => i + 10);
        Assert.Equal(13, (await TripOneAsync(table))[2, 2]);
        Assert.Equal(13, (await TripOneAsync<(string, int[,])>(("a", table))).Item2[2, 2]);
        Assert.Equal(13, (await TripOneAsync<List<int[,]>>([table]))[0][2, 2]);
        Assert.Equal("b", (await TripOneAsync(new[,,,,] { { { { { "a", "b" } } } } }))[0, 0, 0, 0, 1]);
        Assert.Equal(3, (await TripOneAsync(new[,] { { s_pair }, { [3] } }))[1, 0][0]);
    }

    [Fact]
    public async Task A_captured_array_of_one_dimension_keeps_its_lower_bound()
    {
        var years = Fill<int>([3], [2020], i => i);
        var texts = Fill<string>([2], [1], i => "ab" + i);
        Func<int, int> function = x => x + (int)years.GetValue(2021)! + years.GetUpperBound(0) + ((string)texts.GetValue(2)!).Length;
        Assert.Equal(function(1), (await ShippedProgram.ShipAsync(ShippedProgram.Node(), function))(1));
    }

    [Theory]
    [InlineData(0x93, 0xFF, 0x01, 0x90)] // a negative length
    [InlineData(0x92, 0x01, 0x90)] // one dimension too few
    [InlineData(0x95, 0x01, 0x01, 0x7F, 0x90)] // too few parts
    [InlineData(0x93, 0x02, 0x02, 0x91, 0xC0)] // fewer items than its lengths say
    [InlineData(0x95, 0x02, 0x01, 0xCE, 0x7F, 0xFF, 0xFF, 0xFF, 0x00, 0x92, 0xC0, 0xC0)] // an index beyond int.MaxValue
    public async Task Claims_that_cannot_be_true_are_refused(params int[] bytes) =>
        await Assert.ThrowsAsync<PayloadException>(
            () => ReadAsync<string[,]>(HostilePayloadTests.Block(Array.ConvertAll(bytes, b => (byte)b)), 1));

    private static async Task AssertSameAsync(Array array)
    {
        var trip = typeof(MatrixTests).GetMethod(nameof(CopyAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(array.GetType());
        var copy = await (Task<Array>)trip.Invoke(null, [array])!;
        Assert.Same(array.GetType(), copy.GetType());
        for (var i = 0; i < array.Rank; i++)
        {
            Assert.Equal(array.GetLength(i), copy.GetLength(i));
            Assert.Equal(array.GetLowerBound(i), copy.GetLowerBound(i));
        }
        Assert.Equal(array.Cast<object?>(), copy.Cast<object?>());
    }

    private static async Task<Array> CopyAsync<T>(object array) => (Array)(object)(await TripOneAsync((T)array))!;

    private static Array Fill<T>(int[] lengths, int[] bounds, Func<int, T> value)
    {
        var array = Array.CreateInstance(typeof(T), lengths, bounds);
        var index = bounds.ToArray();
        for (var i = 0; i < array.Length; i++)
        {
            array.SetValue(value(i), index);
            for (var at = lengths.Length - 1; at >= 0 && ++index[at] == bounds[at] + lengths[at]; at--)
                index[at] = bounds[at];
        }
        return array;
    }
}
