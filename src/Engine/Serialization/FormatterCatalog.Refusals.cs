using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

// Where a type stands that cannot travel, and what to do there.
internal sealed partial class FormatterCatalog
{
    private const string Item = "[]";

    private readonly List<string> _path = []; // from the root, under the lock
    private Type? _root;
    private Type? _item; // the first type with fields, if only items are before it in the path
    private FieldInfo? _field; // the last field of the path

    private static bool IsItem(string step) => string.Equals(step, Item, StringComparison.Ordinal);

    private void BeginPath(Type root)
    {
        (_root, _item, _field) = (root, null, null);
        _path.Clear();
    }

    private PayloadException RefuseUnlessSkipped(Type type, string reason, string advice) =>
        Refuse(type, reason, $"{advice}{FieldAdvice.Get(_field)}", isOfValue: _field is null);

    private PayloadException Refuse(Type type, string reason, string advice, bool isOfValue = false)
    {
        var root = TypeText.Format(_root!);
        var items = _path.TakeWhile(IsItem).Count();
        var what = _path.Count == 0 ? $"[{root}]"
            : items == _path.Count ? $"An item of [{root}] is a [{TypeText.Format(type)}], which"
            : items > 0 && _item is not null
                ? $"[{TypeText.Format(_item)}{FormatSteps(items)}], inside a [{root}], is a [{TypeText.Format(type)}], which"
            : $"[{root}{FormatSteps(0)}] is a [{TypeText.Format(type)}], which";
        return new PayloadException($"{what} {reason}, so it cannot travel to another process. {advice}")
        {
            Member = root + FormatSteps(0),
            IsOfValue = isOfValue,
        };
    }

    private string FormatSteps(int first)
    {
        var steps = _path[first..];
        return string.Concat(steps.Count <= 16 ? steps : [.. steps[..8], "...", .. steps[^8..]]);
    }
}
