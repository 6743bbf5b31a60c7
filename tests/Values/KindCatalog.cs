using ActorPool.Values.Kinds;

namespace ActorPool.Values;

/// <summary>All kinds of this library.</summary>
public static class KindCatalog
{
    /// <summary>The kinds, by source.</summary>
    public static IEnumerable<Kind> Kinds =>
    [
        .. KindTable<NumberKinds>.All, .. KindTable<TimeKinds>.All, .. KindTable<TextKinds>.All, .. KindTable<ArrayKinds>.All,
        .. KindTable<CollectionKinds>.All, .. KindTable<ComparerKinds>.All, .. KindTable<InterfaceKinds>.All, .. KindTable<ObjectKinds>.All,
        .. KindTable<GraphKinds>.All, .. KindTable<IdentityKinds>.All, .. KindTable<HashKinds>.All, .. KindTable<SketchKinds>.All,
        .. KindTable<ChangedKinds>.All, .. KindTable<ContractKinds>.All, .. KindTable<ModelKinds>.All, .. KindTable<TreeKinds>.All,
        .. KindTable<AddressKinds>.All,
    ];

    /// <summary>The kinds on their ways.</summary>
    public static IEnumerable<Trip> Trips =>
    [
        .. Trip.Of<NumberKinds>(), .. Trip.Of<TimeKinds>(), .. Trip.Of<TextKinds>(), .. Trip.Of<ArrayKinds>(),
        .. Trip.Of<CollectionKinds>(), .. Trip.Of<ComparerKinds>(), .. Trip.Of<InterfaceKinds>(), .. Trip.Of<ObjectKinds>(),
        .. Trip.Of<GraphKinds>(), .. Trip.Of<IdentityKinds>(), .. Trip.Of<HashKinds>(), .. Trip.Of<SketchKinds>(),
        .. Trip.Of<ChangedKinds>(), .. Trip.Of<ContractKinds>(), .. Trip.Of<ModelKinds>(), .. Trip.Of<TreeKinds>(),
        .. Trip.Of<AddressKinds>(),
    ];
}
