using System.Globalization;
using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>A field in which <c>GetHashCode</c> keeps its result.</summary>
/// <param name="Field">The field; it does not travel.</param>
/// <param name="Start">What it holds before a hash code is computed, often 0 or -1.</param>
internal sealed record HashCache(FieldInfo Field, long Start)
{
    /// <summary>Whether a field can be given a start value other than 0.</summary>
    public static bool CanStart(FieldInfo field) =>
        !field.IsInitOnly && (field.FieldType == typeof(int) || field.FieldType == typeof(long) || field.FieldType == typeof(bool));

    /// <summary>Makes the field of an object as it was at the start.</summary>
    public void Restore(object value) => Field.SetValue(value, Convert.ChangeType(Start, Field.FieldType, CultureInfo.InvariantCulture));
}
