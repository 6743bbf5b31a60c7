using System.Collections;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using Akka.Actor;

namespace ActorPool.Serialization;

/// <summary>Knows the types whose values are bound to their process.</summary>
/// <remarks>A copy in another process would look like the original, but would not work like it.</remarks>
internal static class ProcessBoundTypes
{
    /// <summary>What to do instead of sending such a value.</summary>
    public const string Advice =
        "Pass what it needs as an input, make it on each worker with WorkerPoolOptions.WorkerState, or send large read-only "
        + "data once with BroadcastAsync.";

    /// <summary>What to do instead of sending a native number.</summary>
    public const string NativeAdvice =
        "Use a long for a number. An address or a handle means nothing in another process: send what is there, such as an array, a "
        + "name or a path.";

    private static readonly ProcessBoundType s_other = new("belongs to this process", Advice);
    private static readonly ProcessBoundType s_token = new(
        "is a signal of this process", "A function gets its job's own token: take it as the second parameter (MapAsync with a "
        + "CancellationToken) or from WorkContext.Current.");
    private static readonly ProcessBoundType s_work = new("is work of this process", "Await it first and send its result.");
    private static readonly ProcessBoundType s_connection = new(
        "belongs to this process", "Make it on each worker with WorkerPoolOptions.WorkerState.");
    private static readonly ProcessBoundType s_stream = new(
        "is open in this process", "Read it first and pass what was read as an input, or open it on each worker with "
        + "WorkerPoolOptions.WorkerState.");
    private static readonly ProcessBoundType s_actor = new(
        "is an actor of this process", "Functions on a node have no way back to this process except their results: return the "
        + "message, and send it here.");
    private static readonly ProcessBoundType s_log = new(
        "writes this process's log", "Make one on each worker with WorkerPoolOptions.WorkerState, or return the text to log.");
    private static readonly ProcessBoundType s_lock = new(
        "belongs to this process", "There is nothing to lock between processes: return the parts and join them here, or use "
        + "AggregateAsync.");
    private static readonly ProcessBoundType s_sequence = new(
        "is read in this process", "It would be read in another process: read it here first, with ToArray, or pass it as the inputs.");
    private static readonly ProcessBoundType s_code = new(
        "is a piece of code", "Pass its name as an input and look it up in the function.");
    private static readonly ProcessBoundType s_enumerator = new(
        "is a place in a collection of this process", "Send the collection, and enumerate it in the function.");
    private static readonly ProcessBoundType s_pointer = new(
        "is a pointer", "It means nothing in another process: send what it points to, such as an array.");
    private static readonly ProcessBoundType s_native = new("may be an address or a handle", NativeAdvice);

    // By name, because the engine does not reference all of these libraries. Base types and interfaces count, too.
    private static readonly Dictionary<string, ProcessBoundType> s_types = new(StringComparer.Ordinal)
    {
        ["System.Threading.CancellationToken"] = s_token,
        ["System.Threading.CancellationTokenSource"] = s_token,
        ["System.Threading.CancellationTokenRegistration"] = s_token,
        ["System.Threading.Tasks.Task"] = s_work,
        ["System.Threading.Tasks.ValueTask"] = s_work,
        ["System.Threading.Tasks.ValueTask`1"] = s_work,
        ["System.Threading.Tasks.TaskCompletionSource"] = s_work,
        ["System.Threading.Tasks.TaskCompletionSource`1"] = s_work,
        ["System.Threading.Tasks.TaskScheduler"] = s_other,
        ["System.Random"] = new("has a state that cannot be read", "Send the seed, and make it in the function."),
        ["System.Threading.Thread"] = s_other,
        ["System.Threading.Timer"] = s_other,
        ["System.Threading.ITimer"] = s_other,
        ["System.Threading.SynchronizationContext"] = s_other,
        ["System.Threading.WaitHandle"] = s_lock,
        ["System.Threading.SemaphoreSlim"] = s_lock,
        ["System.Threading.ManualResetEventSlim"] = s_lock,
        ["System.Threading.CountdownEvent"] = s_lock,
        ["System.Threading.ReaderWriterLockSlim"] = s_lock,
        ["System.Threading.Barrier"] = s_lock,
        ["System.Threading.ThreadLocal`1"] = s_other,
        ["System.Threading.AsyncLocal`1"] = s_other,
        ["System.Threading.Channels.ChannelReader`1"] = s_sequence,
        ["System.Threading.Channels.ChannelWriter`1"] = s_other,
        ["System.Threading.Channels.Channel`2"] = s_other,
        ["System.IO.Stream"] = s_stream,
        ["System.IO.TextReader"] = s_stream,
        ["System.IO.TextWriter"] = s_stream,
        ["System.IO.BinaryReader"] = s_stream,
        ["System.IO.BinaryWriter"] = s_stream,
        ["System.IO.Pipelines.PipeReader"] = s_stream,
        ["System.IO.Pipelines.PipeWriter"] = s_stream,
        ["System.Net.Http.HttpMessageInvoker"] = s_connection,
        ["System.Net.Http.HttpMessageHandler"] = s_connection,
        ["System.Net.Http.IHttpClientFactory"] = s_connection,
        ["System.Net.Sockets.Socket"] = s_connection,
        ["System.Net.Sockets.TcpClient"] = s_connection,
        ["System.Net.Sockets.TcpListener"] = s_connection,
        ["System.Net.Sockets.UdpClient"] = s_connection,
        ["System.Data.IDbConnection"] = s_connection,
        ["System.Data.IDbCommand"] = s_connection,
        ["System.Data.IDbTransaction"] = s_connection,
        ["System.IServiceProvider"] = s_connection,
        ["System.Diagnostics.Process"] = s_other,
        ["System.Diagnostics.Stopwatch"] = s_other with
        {
            Advice = "Its readings mean nothing in another process: measure in the function.",
        },
        ["System.Runtime.ConstrainedExecution.CriticalFinalizerObject"] = s_other,
        ["System.Runtime.InteropServices.SafeHandle"] = s_other,
        ["System.IntPtr"] = s_native,
        ["System.UIntPtr"] = s_native,
        ["System.Reflection.MemberInfo"] = s_code,
        ["System.Reflection.Assembly"] = s_code,
        ["System.Reflection.Module"] = s_code,
        ["System.Reflection.ParameterInfo"] = s_code,
        ["System.Linq.Expressions.Expression"] = s_other with { Advice = "Write it as a lambda." },
        ["System.Collections.IEnumerator"] = s_enumerator,
        ["System.Collections.Generic.IAsyncEnumerable`1"] = s_sequence,
        ["System.Linq.IQueryable"] = s_sequence,
        ["System.IProgress`1"] = s_other with { Advice = "Use JobOptions.Progress, or return the progress." },
        ["System.WeakReference"] = s_other,
        ["System.WeakReference`1"] = s_other,
        ["Microsoft.Extensions.Logging.ILogger"] = s_log,
        ["Microsoft.Extensions.Logging.ILoggerFactory"] = s_log,
        ["Microsoft.Extensions.Hosting.IHost"] = s_connection,
        ["Microsoft.EntityFrameworkCore.DbContext"] = s_connection,
        [typeof(IActorRef).FullName!] = s_actor,
        [typeof(ActorSystem).FullName!] = s_actor,
        [typeof(IActorContext).FullName!] = s_actor,
        ["ActorPool.WorkerPool"] = s_other with
        {
            Advice = "A function cannot use the pool that runs it: split the work here, or create a pool inside the function.",
        },
    };

    private static readonly ConditionalWeakTable<Type, Verdict> s_verdicts = [];

    /// <summary>Finds why values of the type must stay in their process; null for others.</summary>
    public static ProcessBoundType? Find(Type type) => s_verdicts.GetValue(type, static t => new Verdict(Search(t))).Found;

    private static ProcessBoundType? Search(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer)
            return s_pointer;
        if (typeof(Type).IsAssignableFrom(type))
            return null; // payloads can name types
        // The state of an iterator or an async method: its values do not exist yet. (A fixed buffer is a value type.)
        if (CompilerNames.IsClosure(type) && !type.IsValueType)
            return s_sequence;
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (FindByName(level) is { } found)
                return found;
        }
        var bound = type.GetInterfaces().Select(FindByName).FirstOrDefault(found => found is not null);
        return bound == s_enumerator && typeof(IEnumerable).IsAssignableFrom(type) ? s_sequence : bound; // an iterator is both
    }

    private static ProcessBoundType? FindByName(Type type)
    {
        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return definition.FullName is { } name ? s_types.GetValueOrDefault(name) : null;
    }

    private sealed record Verdict(ProcessBoundType? Found);
}

/// <param name="Reason">Why such a value must stay, as the end of a sentence about it.</param>
/// <param name="Advice">What to do instead of sending it, as a sentence.</param>
internal sealed record ProcessBoundType(string Reason, string Advice);
