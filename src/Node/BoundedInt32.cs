using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ActorPool.Node;

/// <summary>Makes options and arguments that take a whole number within bounds.</summary>
/// <remarks>All of them report a wrong value with the same words.</remarks>
internal static class BoundedInt32
{
    /// <summary>Makes an option with a default; both bounds are allowed values.</summary>
    public static Option<int> Create(string name, string description, int defaultValue, int min, int max)
    {
        return new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => Parse(result, name, min, max) ?? defaultValue,
        };
    }

    /// <summary>Makes an option that is null by default; both bounds are allowed values.</summary>
    public static Option<int?> CreateOptional(string name, string description, int min, int max)
    {
        return new Option<int?>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, min, max),
        };
    }

    /// <summary>Makes an argument; both bounds are allowed values.</summary>
    public static Argument<int> CreateArgument(string name, string description, int min, int max)
    {
        return new Argument<int>(name)
        {
            Description = description,
            CustomParser = result => Parse(result, name, min, max) ?? min,
        };
    }

    private static int? Parse(ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{name} is [{text}]; it must be a whole number from {min:N0} to {max:N0}."));
        return null;
    }
}
