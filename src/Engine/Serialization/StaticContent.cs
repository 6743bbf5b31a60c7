using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ActorPool.Serialization;

/// <summary>Tells whether the object of a static field holds the same in two processes.</summary>
/// <remarks>
/// What a program computes when it starts may depend on its environment: a region, a start time, a file. Numbers and text in read-only
/// fields count, also those in arrays and in the program's own objects. Other collections do not: a registry or a memo fills as it is used.
/// </remarks>
internal static class StaticContent
{
    private const int MaxDepth = 8;
    private const int MaxItems = 64 * 1024;
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Computes a number that is the same for the same content.</summary>
    public static uint ComputeDigest(object value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        AddFields(bytes, value, MaxDepth, new HashSet<object>(ReferenceEqualityComparer.Instance) { value });
        return BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void AddFields(ArrayBufferWriter<byte> bytes, object value, int depth, HashSet<object> seen)
    {
        for (var level = value.GetType(); level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Own).OrderBy(f => f.MetadataToken))
            {
                if ((field.IsInitOnly || level.IsValueType) && HashFields.Travels(field) && !HashCodes.IsCache(field))
                    Add(bytes, field.GetValue(value), depth - 1, seen);
            }
        }
    }

    private static void Add(ArrayBufferWriter<byte> bytes, object? value, int depth, HashSet<object> seen)
    {
        switch (value)
        {
            case null:
                AddText(bytes, "null");
                break;
            case string text:
                AddText(bytes, text);
                break;
            case DateTime { Kind: DateTimeKind.Local } time: // another zone shows the same instant
                AddFields(bytes, time.ToUniversalTime(), depth, seen);
                break;
            case nint or nuint or Pointer:
                break;
            case var _ when value.GetType() is { IsPrimitive: true } or { IsEnum: true }:
                var number = Convert.ChangeType(value, Type.GetTypeCode(value.GetType()), CultureInfo.InvariantCulture);
                AddText(bytes, Convert.ToString(number, CultureInfo.InvariantCulture)!);
                break;
            case Array { Rank: 1, Length: <= MaxItems } items when depth > 0 && seen.Add(items):
                AddText(bytes, items.Length.ToString(CultureInfo.InvariantCulture));
                foreach (var item in items)
                    Add(bytes, item, depth - 1, seen);
                break;
            case ValueType when depth > 0:
                AddFields(bytes, value, depth, seen);
                break;
            case var _ when depth > 0 && !FrameworkAssemblies.Contains(value.GetType().Assembly) && seen.Add(value):
                AddFields(bytes, value, depth, seen);
                break;
            default:
                break;
        }
    }

    private static void AddText(ArrayBufferWriter<byte> bytes, string text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), text.Length);
        bytes.Advance(4);
        Encoding.Unicode.GetBytes(text, bytes);
    }
}
