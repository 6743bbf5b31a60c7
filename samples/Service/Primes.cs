namespace ServiceSample;

internal static class Primes
{
    /// <summary>Counts the primes p with from ≤ p &lt; to.</summary>
    public static int CountBetween(int from, int to) => Enumerable.Range(from, to - from).Count(IsPrime);

    private static bool IsPrime(int number)
    {
        if (number < 2)
            return false;
        for (var divisor = 2; (long)divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }
        return true;
    }
}
