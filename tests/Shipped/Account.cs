namespace Shipped;

/// <summary>An object that can travel.</summary>
public sealed class Account(int balance, string owner)
{
    public int Balance { get; } = balance;

    public string Owner { get; } = owner;

    public int Add(int x) => x + Balance + Owner.Length;

    public Func<int, int> Adder() => x => x + Balance;

    public Func<int, int> Adder(int fee) => x => x + Balance - fee;

    public Func<int, CancellationToken, ValueTask<int>> AdderAsync() => async (x, token) =>
    {
        await Task.Yield();
        return Add(x);
    };
}
