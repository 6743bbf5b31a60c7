using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Objects that keep addresses as numbers, and some that only work with such.</summary>
public sealed class AddressKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("address of native memory in a long", () => new Addresses.NativeBlock(), v => Of(v.Get())),
        Kind.Of("address of native text in a ulong", () => new Addresses.NativeText("a"), v => Of(v.Get())),
        Kind.Of("handle of an object in a long", () => new Addresses.ObjectHandle("a"), v => Of(v.Get())),
        Kind.Of("sum that is read through a pointer", () => new Addresses.Sum([1, 2, 3]), v => Of(v.Total, v.Length)),
        Kind.Of("copy of native memory", () => new Addresses.Copy(), v => Of(v.Items)),
    ];
}
