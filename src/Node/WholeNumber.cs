using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ActorPool.Node;

/// <summary>Options that take a whole number within bounds, with one wording for all faults.</summary>
internal static class WholeNumber
{
    /// <summary>Makes such an option; both bounds are allowed values.</summary>
    public static Option<int> Option(string name, string description, int byDefault, int least, int most)
    {
        return new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result => Parse(result, name, least, most) ?? byDefault,
        };
    }

    /// <summary>Makes one that is null when it is not given.</summary>
    public static Option<int?> Optional(string name, string description, int least, int most)
    {
        return new Option<int?>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, least, most),
        };
    }

    private static int? Parse(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is [{text}]; it must be a whole number from {least:N0} to {most:N0}."));
        return null;
    }
}
