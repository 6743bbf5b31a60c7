using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorPool.Serialization;

/// <summary>Tells whether the object of a static field holds the same in two processes.</summary>
/// <remarks>
/// What a program computes when it starts may depend on its environment: a region, a start time, a file. Types, numbers and text in
/// read-only fields count, also those in the program's own objects, in arrays and in collections: the program may have filled a registry or
/// wired up a state. Of a large collection the number of items counts. Concurrent collections do not: they are memos, filled as they are
/// used.
/// </remarks>
internal static class StaticContent
{
    private const int MaxDepth = 8;
    private const int MaxItems = 256;
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Computes a number that is the same for the same content.</summary>
    /// <param name="value">The object.</param>
    /// <param name="places">What else tells it from others: the fields that hold it.</param>
    public static uint ComputeDigest(object value, string places = "")
    {
        var bytes = new ArrayBufferWriter<byte>();
        AddText(bytes, places);
        AddFields(bytes, value, MaxDepth, new HashSet<object>(ReferenceEqualityComparer.Instance) { value }, all: false);
        return BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void AddFields(ArrayBufferWriter<byte> bytes, object value, int depth, HashSet<object> seen, bool all)
    {
        AddText(bytes, value.GetType().FullName ?? "");
        for (var level = value.GetType(); level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Own).OrderBy(f => f.MetadataToken))
            {
                if ((all || FixedFields.ContainsInModule(field)) && HashFields.Travels(field) && !HashCodes.IsCache(field))
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
                AddFields(bytes, time.ToUniversalTime(), depth, seen, all: true);
                break;
            case nint or nuint or Pointer:
                break;
            case var _ when value.GetType() is { IsPrimitive: true } or { IsEnum: true }:
                var number = Convert.ChangeType(value, Type.GetTypeCode(value.GetType()), CultureInfo.InvariantCulture);
                AddText(bytes, Convert.ToString(number, CultureInfo.InvariantCulture)!);
                break;
            case Array items when depth > 0 && seen.Add(items):
                AddText(bytes, string.Join(',', Enumerable.Range(0, items.Rank).Select(items.GetLength)));
                foreach (var item in items)
                    Add(bytes, item, depth - 1, seen);
                break;
            case ValueType when depth > 0:
                AddFields(bytes, value, depth, seen, all: true);
                break;
            case Type or Version or Uri or CultureInfo or Regex or IPAddress:
                AddText(bytes, $"{value.GetType()} {value}");
                break;
            case TimeZoneInfo zone:
                AddText(bytes, zone.Id);
                break;
            case Delegate function:
                AddText(bytes, $"{function.Method.Module.ModuleVersionId} {function.Method.MetadataToken}");
                break;
            case IEnumerable items when depth > 0 && Counts(value.GetType()) && seen.Add(items):
                AddItems(bytes, items, depth, seen);
                break;
            case var _ when depth > 0 && !FrameworkAssemblies.Contains(value.GetType().Assembly) && seen.Add(value):
                AddFields(bytes, value, depth, seen, all: true);
                break;
            default:
                break;
        }
    }

    // Concurrent and weak ones are memos and caches.
    private static bool Counts(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly)
        && type.Namespace is { } space && space.StartsWith("System.Collections", StringComparison.Ordinal)
        && !space.EndsWith("Concurrent", StringComparison.Ordinal);

    // Sets and dictionaries enumerate in another order in each process.
    private static void AddItems(ArrayBufferWriter<byte> bytes, IEnumerable items, int depth, HashSet<object> seen)
    {
        if (items is ICollection { Count: > MaxItems and var count })
        {
            AddText(bytes, count.ToString(CultureInfo.InvariantCulture));
            return;
        }
        var digests = new List<string>();
        foreach (var item in items)
        {
            var one = new ArrayBufferWriter<byte>();
            Add(one, item, depth - 1, seen);
            digests.Add(Convert.ToHexString(SHA256.HashData(one.WrittenSpan)));
        }
        if (items is not IList) // a list has its order
            digests.Sort(StringComparer.Ordinal);
        AddText(bytes, string.Join(',', digests));
    }

    private static void AddText(ArrayBufferWriter<byte> bytes, string text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), text.Length);
        bytes.Advance(4);
        Encoding.Unicode.GetBytes(text, bytes);
    }
}
