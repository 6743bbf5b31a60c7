using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorPool.Configuration;

/// <summary>The versions of a protocol that one side speaks, both ends included.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VersionRange(int Min, int Max)
{
    public bool Contains(int version) => version >= Min && version <= Max;

    /// <returns>The highest version that both sides speak; null if there is none.</returns>
    public int? FindHighestCommon(VersionRange other) =>
        Math.Min(Max, other.Max) is var version && version >= Math.Max(Min, other.Min) ? version : null;

    /// <summary>Formats the range for messages, such as <c>7</c> or <c>7 to 8</c>.</summary>
    public override string ToString() => Min == Max
        ? Min.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max}");
}
