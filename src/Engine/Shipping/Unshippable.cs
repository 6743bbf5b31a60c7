using System.Reflection;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace ActorPool.Shipping;

/// <summary>What belongs to its process, and would arrive elsewhere as something that looks like it and is not.</summary>
internal static class Unshippable
{
    public const string Advice = "Pass what it needs as an input, make it on each worker with WorkerPoolOptions.WorkerState, or send large read-only data once with BroadcastAsync.";

    private const string OfTokens = "A function gets its job's own token: take it as the second parameter (MapAsync with a CancellationToken) or from WorkContext.Current.";
    private const string OfWork = "Await it first and capture its result.";
    private const string OfConnections = "Make it on each worker with WorkerPoolOptions.WorkerState.";
    private const string OfStreams = "Read it first and pass what was read as an input, or open it on each worker with WorkerPoolOptions.WorkerState.";
    private const string OfActors = "Functions on a node have no way back to this process but their results: return what is to be told, and tell it here.";
    private const string OfLogs = "Make one on each worker with WorkerPoolOptions.WorkerState, or return what is to be logged.";
    private const string OfLocks = "There is nothing to lock between processes: return the parts and join them here, or use AggregateAsync.";
    private const string OfSequences = "It would be read in another process: read it here first, with ToArray, or pass it as the inputs.";
    private const string OfReflection = "Pass its name as an input and look it up in the function.";

    private const int DeepestField = 4;

    // Names, because the engine refers to none of these libraries; base types and interfaces count.
    private static readonly Dictionary<string, string> s_advice = new(StringComparer.Ordinal)
    {
        ["System.Threading.CancellationToken"] = OfTokens,
        ["System.Threading.CancellationTokenSource"] = OfTokens,
        ["System.Threading.CancellationTokenRegistration"] = OfTokens,
        ["System.Threading.Tasks.Task"] = OfWork,
        ["System.Threading.Tasks.ValueTask"] = OfWork,
        ["System.Threading.Tasks.ValueTask`1"] = OfWork,
        ["System.Threading.Tasks.TaskCompletionSource"] = OfWork,
        ["System.Threading.Tasks.TaskCompletionSource`1"] = OfWork,
        ["System.Threading.Tasks.TaskScheduler"] = Advice,
        ["System.Threading.Thread"] = Advice,
        ["System.Threading.Timer"] = Advice,
        ["System.Threading.ITimer"] = Advice,
        ["System.Threading.SynchronizationContext"] = Advice,
        ["System.Threading.WaitHandle"] = OfLocks,
        ["System.Threading.SemaphoreSlim"] = OfLocks,
        ["System.Threading.ManualResetEventSlim"] = OfLocks,
        ["System.Threading.CountdownEvent"] = OfLocks,
        ["System.Threading.ReaderWriterLockSlim"] = OfLocks,
        ["System.Threading.Barrier"] = OfLocks,
        ["System.Threading.Lock"] = OfLocks,
        ["System.Threading.ThreadLocal`1"] = Advice,
        ["System.Threading.AsyncLocal`1"] = Advice,
        ["System.Threading.Channels.ChannelReader`1"] = OfSequences,
        ["System.Threading.Channels.ChannelWriter`1"] = Advice,
        ["System.Threading.Channels.Channel`2"] = Advice,
        ["System.IO.Stream"] = OfStreams,
        ["System.IO.TextReader"] = OfStreams,
        ["System.IO.TextWriter"] = OfStreams,
        ["System.IO.BinaryReader"] = OfStreams,
        ["System.IO.BinaryWriter"] = OfStreams,
        ["System.IO.Pipelines.PipeReader"] = OfStreams,
        ["System.IO.Pipelines.PipeWriter"] = OfStreams,
        ["System.Net.Http.HttpMessageInvoker"] = OfConnections,
        ["System.Net.Http.HttpMessageHandler"] = OfConnections,
        ["System.Net.Http.IHttpClientFactory"] = OfConnections,
        ["System.Net.Sockets.Socket"] = OfConnections,
        ["System.Net.Sockets.TcpClient"] = OfConnections,
        ["System.Net.Sockets.TcpListener"] = OfConnections,
        ["System.Net.Sockets.UdpClient"] = OfConnections,
        ["System.Data.IDbConnection"] = OfConnections,
        ["System.Data.IDbCommand"] = OfConnections,
        ["System.Data.IDbTransaction"] = OfConnections,
        ["System.IServiceProvider"] = OfConnections,
        ["System.Diagnostics.Process"] = Advice,
        ["System.Diagnostics.Stopwatch"] = "Its readings mean nothing in another process: measure in the function.",
        ["System.Runtime.InteropServices.SafeHandle"] = Advice,
        ["System.IntPtr"] = Advice,
        ["System.UIntPtr"] = Advice,
        ["System.Reflection.MemberInfo"] = OfReflection,
        ["System.Reflection.Assembly"] = OfReflection,
        ["System.Reflection.Module"] = OfReflection,
        ["System.Reflection.ParameterInfo"] = OfReflection,
        ["System.Linq.Expressions.Expression"] = "Write it as a lambda.",
        ["System.Collections.IEnumerator"] = OfSequences,
        ["System.Collections.Generic.IAsyncEnumerable`1"] = OfSequences,
        ["System.Linq.IQueryable"] = OfSequences,
        ["System.IProgress`1"] = "Use JobOptions.Progress, or return what is to be reported.",
        ["System.WeakReference"] = Advice,
        ["System.WeakReference`1"] = Advice,
        ["Microsoft.Extensions.Logging.ILogger"] = OfLogs,
        ["Microsoft.Extensions.Logging.ILoggerFactory"] = OfLogs,
        ["Microsoft.Extensions.Hosting.IHost"] = OfConnections,
        ["Microsoft.EntityFrameworkCore.DbContext"] = OfConnections,
        [typeof(IActorRef).FullName!] = OfActors,
        [typeof(ActorSystem).FullName!] = OfActors,
        [typeof(IActorContext).FullName!] = OfActors,
        [typeof(WorkerPool).FullName!] = "A function cannot use the pool that runs it: split the work here, or make a pool of its own in the function.",
    };

    private static readonly ConditionalWeakTable<Type, Verdict> s_verdicts = [];

    /// <summary>What to do instead of sending a value of this type; null when nothing speaks against it.</summary>
    public static string? AdviceFor(Type type) => VerdictOf(type).Advice;

    /// <summary>The first field, at any depth, whose declared type belongs to its process; null when there is none.</summary>
    public static HeldField? HeldBy(Type type) => VerdictOf(type).Held;

    private static Verdict VerdictOf(Type type) => s_verdicts.GetValue(type, static t => new Verdict(Judge(t), Search(t, DeepestField)));

    private static string? Judge(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer)
            return Advice;
        if (CompilerNames.IsClosure(type))
            return OfSequences; // an iterator's or an async method's state: its values are not there yet
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (Named(level) is { } advice)
                return advice;
        }
        return type.GetInterfaces().Select(Named).FirstOrDefault(a => a is not null);
    }

    private static string? Named(Type type)
    {
        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return definition.FullName is { } name ? s_advice.GetValueOrDefault(name) : null;
    }

    private static HeldField? Search(Type type, int depth)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || HostAssemblies.IsHost(type.Assembly))
            return null;
        for (var level = type; level is not null && !HostAssemblies.IsHost(level.Assembly); level = level.BaseType)
        {
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.IsDefined(typeof(NonSerializedAttribute), inherit: false))
                    continue; // arrives empty, as its author said
                var name = CompilerNames.VariableOf(field) ?? field.Name;
                if (Judge(field.FieldType) is { } advice)
                    return new HeldField(name, field.FieldType, advice);
                if (typeof(Delegate).IsAssignableFrom(field.FieldType))
                    return new HeldField(name, field.FieldType, "Capture the delegate itself in a variable of its own, not inside of an object.");
                if (depth > 0 && Search(field.FieldType, depth - 1) is { } deeper)
                    return deeper with { Path = $"{name}.{deeper.Path}" };
            }
        }
        return null;
    }

    private sealed record Verdict(string? Advice, HeldField? Held);
}

/// <summary>A field that keeps its object in its process.</summary>
internal sealed record HeldField(string Path, Type Type, string Advice);
