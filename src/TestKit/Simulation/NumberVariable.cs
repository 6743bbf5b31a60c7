using System.Globalization;

namespace ActorPool.TestKit.Simulation;

/// <summary>Reads environment variables that are whole numbers.</summary>
internal static class NumberVariable
{
    /// <summary>Reads a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="min">The smallest number that it may be.</param>
    /// <param name="max">The largest one.</param>
    /// <returns>Null if it is not set, or empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is something else.</exception>
    /// <remarks>A run without a variable that is wrong would not be the one that was asked for.</remarks>
    public static int? Read(string name, int min, int max = int.MaxValue)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        var range = string.Create(CultureInfo.InvariantCulture, $"{min:N0} to {max:N0}");
        throw new ArgumentOutOfRangeException(
            name, text, $"The variable {name} is [{text}]; it must be a whole number in digits only, {range}, or not be set.");
    }
}
