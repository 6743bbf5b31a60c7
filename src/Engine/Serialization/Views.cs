using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats an object that only wraps a value, as that value.</summary>
/// <remarks>What a wrapped collection is, and its comparer, travel with it.</remarks>
internal sealed class ViewFormatter<TView, TInner>(
    IMessagePackFormatter<TInner> inner, Func<TView, TInner> unwrap, Func<TInner, TView> wrap)
    : IMessagePackFormatter<TView?>
    where TView : class
{
    private static readonly bool s_isComputed = typeof(TView).IsGenericType && typeof(TView).GetGenericTypeDefinition() == typeof(Lazy<>);

    public void Serialize(ref MessagePackWriter writer, TView? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        if (s_isComputed)
            ((PayloadContext)options).CountComputed(); // a lazy value keeps what it computed: twice is no more than once
        // The wrapped value may begin with a mark, which would be taken for one of the view: so it is in an array of one.
        writer.WriteArrayHeader(1);
        inner.Serialize(ref writer, unwrap(value), options);
    }

    public TView? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 1)
            throw new MessagePackSerializationException("A view of a value does not have exactly one part.");
        return wrap(inner.Deserialize(ref reader, options));
    }
}

/// <summary>Makes the formatters of .NET's views.</summary>
/// <remarks>The getters are for derived classes, so that they are not public.</remarks>
internal static class Views
{
    /// <summary>A lazy value is computed for it.</summary>
    public static object ForLazy<T>(IMessagePackFormatter<T> inner) =>
        new ViewFormatter<Lazy<T>, T>(inner, Compute, value => new Lazy<T>(value));

    public static object ForReadOnlyCollection<T>(IMessagePackFormatter<IList<T>> inner) =>
        new ViewFormatter<ReadOnlyCollection<T>, IList<T>>(
            inner, Access<T>.GetItems, items => new ReadOnlyCollection<T>(items));

    public static object ForCollection<T>(IMessagePackFormatter<IList<T>> inner) => new ViewFormatter<Collection<T>, IList<T>>(
        inner, Access<T>.GetItems, items => new Collection<T>(items));

    public static object ForObservableCollection<T>(IMessagePackFormatter<IList<T>> inner) =>
        new ViewFormatter<ObservableCollection<T>, IList<T>>(
            inner, GetUnwatchedItems, items => new ObservableCollection<T>(items));

    public static object ForReadOnlySet<T>(IMessagePackFormatter<ISet<T>> inner) => new ViewFormatter<ReadOnlySet<T>, ISet<T>>(
        inner, Access<T>.GetSet, set => new ReadOnlySet<T>(set));

    public static object ForReadOnlyDictionary<TKey, TValue>(IMessagePackFormatter<IDictionary<TKey, TValue>> inner) where TKey : notnull =>
        new ViewFormatter<ReadOnlyDictionary<TKey, TValue>, IDictionary<TKey, TValue>>(
            inner, Access<TKey, TValue>.GetDictionary, items => new ReadOnlyDictionary<TKey, TValue>(items));

    /// <summary>It hears the changes of the collection that it shows, here and on arrival.</summary>
    public static object ForReadOnlyObservableCollection<T>(IMessagePackFormatter<ObservableCollection<T>> inner) =>
        new ViewFormatter<ReadOnlyObservableCollection<T>, ObservableCollection<T>>(
            inner, view => IsUnwatched(view) ? (ObservableCollection<T>)Access<T>.GetItems(view) : throw CreateWatchedError(view),
            items => new ReadOnlyObservableCollection<T>(items));

    private static T Compute<T>(Lazy<T> lazy)
    {
        try
        {
            return lazy.Value;
        }
        catch (Exception e) when (!PayloadErrors.IsFinal(e))
        {
            throw new PayloadException(
                $"The function of a [{TypeText.Format(typeof(Lazy<T>))}] failed when its value was to be sent: "
                + $"{e.GetType().Name}: {SafeText.GetMessage(e)} Make the value where it is used.", e);
        }
    }

    /// <summary>Gets the items of a collection whose changes nothing hears but views of it.</summary>
    /// <exception cref="PayloadException">Its events have handlers.</exception>
    public static IList<T> GetUnwatchedItems<T>(ObservableCollection<T> view) =>
        HasOnlyViews<T>(Access<T>.GetChangeHandlers(view)) && HasOnlyViews<T>(Access<T>.GetPropertyHandlers(view))
            ? Access<T>.GetItems((Collection<T>)view)
            : throw CreateWatchedError(view);

    private static bool HasOnlyViews<T>(Delegate? handlers) => handlers is null || Array.TrueForAll(
        handlers.GetInvocationList(), handler => handler.Target is ReadOnlyObservableCollection<T> view && IsUnwatched(view));

    private static bool IsUnwatched<T>(ReadOnlyObservableCollection<T> view) =>
        Access<T>.GetChangeHandlers(view) is null && Access<T>.GetPropertyHandlers(view) is null;

    private static PayloadException CreateWatchedError(object view) => new(
        $"A [{TypeText.Format(view.GetType())}] cannot travel while its events have handlers, which would hear nothing of the "
        + "copy. Send its items, or take the handlers off.");

    private static class Access<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = nameof(ObservableCollection<>.CollectionChanged))]
        public static extern ref NotifyCollectionChangedEventHandler? GetChangeHandlers(ObservableCollection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = nameof(INotifyPropertyChanged.PropertyChanged))]
        public static extern ref PropertyChangedEventHandler? GetPropertyHandlers(ObservableCollection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = nameof(INotifyCollectionChanged.CollectionChanged))]
        public static extern ref NotifyCollectionChangedEventHandler? GetChangeHandlers(ReadOnlyObservableCollection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = nameof(INotifyPropertyChanged.PropertyChanged))]
        public static extern ref PropertyChangedEventHandler? GetPropertyHandlers(ReadOnlyObservableCollection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Items")]
        public static extern IList<T> GetItems(ReadOnlyCollection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Items")]
        public static extern IList<T> GetItems(Collection<T> view);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Set")]
        public static extern ISet<T> GetSet(ReadOnlySet<T> view);
    }

    private static class Access<TKey, TValue> where TKey : notnull
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Dictionary")]
        public static extern IDictionary<TKey, TValue> GetDictionary(ReadOnlyDictionary<TKey, TValue> view);
    }
}
