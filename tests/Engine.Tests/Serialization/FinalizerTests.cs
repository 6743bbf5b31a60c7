using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorPool.Shipping;
using ActorPool.Tests.Shipping;
using static ActorPool.Tests.Serialization.Payloads;

#pragma warning disable MA0055 // finalizers are what is tested

namespace ActorPool.Tests.Serialization;

/// <summary>An object created without its constructor is never finalized, filled or not.</summary>
public sealed class FinalizerTests
{
    private static readonly ConcurrentBag<object> s_originals = []; // kept alive: a finalizer that runs is therefore a copy's

    [Fact]
    public void A_copy_is_not_finalized()
    {
        Copy();
        Assert.Equal(0, Finalized<Copied>.Count());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Copy()
        {
            var original = new Nest(new Copied("a"), [new Copied("b")]);
            s_originals.Add(original);
            var trip = TripOneAsync(original);
            Assert.True(trip.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void A_copy_that_is_only_partly_read_is_not_finalized()
    {
        Cut();
        Assert.Equal(0, Finalized<Torn>.Count());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Cut()
        {
            var original = new Torn("some text");
            s_originals.Add(original);
            var bytes = Bytes<Torn>(new[] { original });
            bytes[^1] = 0xC1; // never used in MessagePack: the second field cannot be read
            var read = ReadAsync<Torn>(bytes, 1);
            Assert.IsType<PayloadException>(read.Exception?.InnerException);
        }
    }

    [Fact]
    public async Task An_object_whose_fields_travel_one_by_one_is_not_finalized()
    {
        await ShipAsync();
        Assert.Equal(0, Finalized<Owner>.Count());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task ShipAsync()
        {
            var owner = new Owner(3);
            s_originals.Add(owner);
            var (overThis, overBoth) = (owner.Times(), owner.TimesPlus(1));
            var node = ShippedProgram.Node();
            Assert.Equal(15, (await ShippedProgram.ShipAsync(node, overThis))(5));
            Assert.Equal(16, (await ShippedProgram.ShipAsync(node, overBoth))(5));
            node.Unload();
        }
    }

    [Fact]
    public async Task An_object_whose_fields_cannot_all_be_read_is_not_finalized()
    {
        await ShipAsync();
        Assert.Equal(0, Finalized<Receiver>.Count());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task ShipAsync()
        {
            var receiver = new Receiver();
            s_originals.Add(receiver);
            // The node has no such broadcast value.
            await Assert.ThrowsAsync<PayloadException>(() => ShippedProgram.ShipAsync(ShippedProgram.Node(), receiver.Sum()));
        }
    }

    /// <summary>Counts the finalizers of one type that have run.</summary>
    private static class Finalized<T>
    {
        private static int s_count;

        public static void Add() => Interlocked.Increment(ref s_count);

        public static int Count()
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            return Volatile.Read(ref s_count);
        }
    }

    private sealed record Nest(Copied One, Copied[] More);

    private sealed class Copied(string text)
    {
        ~Copied() => Finalized<Copied>.Add();

        public string Text { get; } = text;
    }

    private sealed class Torn(string text)
    {
        private readonly string _text = text;
        private readonly int _number = text.Length;

        ~Torn() => Finalized<Torn>.Add();

        public override string ToString() => $"{_text}{_number}";
    }

    private sealed class Owner(int factor) : Base
    {
        private readonly int _factor = factor;

        public Func<int, int> Times() => x => x * _factor;

        public Func<int, int> TimesPlus(int more) => x => x * _factor + more;
    }

    private abstract class Base
    {
        ~Base() => Finalized<Owner>.Add();
    }

    private sealed class Receiver
    {
        private readonly int _first = 1;
        private readonly Broadcast<int> _unknown = new(Guid.NewGuid(), 2);

        ~Receiver() => Finalized<Receiver>.Add();

        public Func<int, int> Sum() => x => x + _first + _unknown.Value;
    }
}
