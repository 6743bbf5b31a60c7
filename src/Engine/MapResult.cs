using System.Globalization;
using System.Text;
using ActorPool.Diagnostics;
using Akka.Actor;

namespace ActorPool;

/// <summary>The coordinator's answer to a <see cref="MapJob{TIn, TOut}"/> that succeeded.</summary>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <param name="Name">The job's name: <see cref="JobOptions.Name"/> or a generated one.</param>
/// <param name="Results">n results in the inputs' order.</param>
public sealed record MapResult<TOut>(string Name, IReadOnlyList<TOut> Results) : INoSerializationVerificationNeeded
{
    private const int MaxShown = 10;
    private const int MaxChars = 100; // of one result

    /// <summary>Shows the job's name and the first results.</summary>
    /// <returns>For example <c>MapResult { Name = roots, Results = [1, 2, 3] }</c>; after 10 results how many more there are.</returns>
    public override string ToString()
    {
        var text = new StringBuilder("MapResult { Name = ").Append(Name).Append(", Results = [");
        for (var i = 0; i < Results.Count && i < MaxShown; i++)
            text.Append(i == 0 ? "" : ", ").Append(Show(Results[i]));
        if (Results.Count > MaxShown)
            text.Append(CultureInfo.InvariantCulture, $", and {Results.Count - MaxShown} more");
        return text.Append("] }").ToString();
    }

    private static string Show(TOut result) => SafeText.Cut(
        SafeText.Read(
            nameof(ToString),
            () => result is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : result?.ToString())
        ?? "null",
        MaxChars);
}
