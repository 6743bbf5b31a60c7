using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Which cultures a process supports.</summary>
/// <remarks>The same functions give different results in a process that supports fewer than their caller's.</remarks>
internal enum CultureSupport
{
    /// <summary>All that .NET offers.</summary>
    Full,

    /// <summary>ICU with data only for English, as in minimal images.</summary>
    EnglishOnly,

    /// <summary>None.</summary>
    /// <remarks>Text is compared by its code points, is not composed, and has the invariant culture's formats.</remarks>
    Invariant,
}
