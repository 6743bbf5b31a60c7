#pragma warning disable
using System.Buffers; using System.Buffers.Binary; using System.Collections.Concurrent; using System.Net; using System.Net.Sockets; using System.Runtime.InteropServices; using System.Text.Json;
namespace ActorPool {
  public sealed class PayloadException : ActorPoolException { public PayloadException(string m, Exception? i=null):base(m,i){} }
  public sealed class RemoteException : ActorPoolException { public RemoteException(string m, Exception? i=null):base(m,i){} public string TypeName{get;init;}="";  }
  public sealed class FunctionNotShippableException : ActorPoolException { public FunctionNotShippableException(string m, Exception? i=null):base(m,i){} }
  public sealed class Broadcast<T> { internal Broadcast(Guid id, T value){Id=id;Value=value;} internal Guid Id{get;} public T Value{get;} }
}
namespace ActorPool.Serialization {
  internal sealed record PayloadLimits { public long MaxItemBytes{get;init;}=256<<20; public int MaxDepth{get;init;}=64; }
  internal sealed class BroadcastStore { public void Add(Guid g, object? v, Guid owner){} public void Remove(Guid owner){} }
  internal sealed class PayloadSerializer(PayloadLimits l) {
    public BroadcastStore Broadcasts {get;} = new();
    public PayloadCodec<T> CodecFor<T>() => new PayloadCodec<T>();
    public ValueTask<object?> ReadValueAsync(PayloadReader r, Type t, CancellationToken c)=>throw new NotImplementedException();
  }
  internal class PayloadCodec<T> {
    static JsonSerializerOptions O = new(){IncludeFields=true, NumberHandling=System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals};
    public void Write(PayloadWriter w, ReadOnlyMemory<T> items, long firstIndex){ var b=JsonSerializer.SerializeToUtf8Bytes(items.ToArray(),O); w.WriteInt32(b.Length); w.Reference(b);} 
    public async ValueTask ReadAsync(PayloadReader r, Memory<T> items, CancellationToken c){ var n=await r.ReadInt32Async(c); var b=await r.ReadBytesAsync(n,c); JsonSerializer.Deserialize<T[]>(b,O)!.CopyTo(items);} 
  }
  internal sealed class RemoteFailure { string t="",m=""; public static RemoteFailure Of(Exception e)=>new(){t=e.GetType().FullName!,m=e.Message}; public void Write(PayloadWriter w){w.WriteText(t);w.WriteText(m);} public static async ValueTask<RemoteFailure> ReadAsync(PayloadReader r, CancellationToken c)=>new(){t=await r.ReadTextAsync(c),m=await r.ReadTextAsync(c)}; public Exception ToException()=>new RemoteException(m){TypeName=t}; }
}
namespace ActorPool.Functions {
  using ActorPool.Serialization;
  internal sealed record ModuleIdentity(string Name, Version Version, Guid Mvid, string Sha256, long Length) { public void Write(PayloadWriter w){} public static ValueTask<ModuleIdentity> ReadAsync(PayloadReader r, CancellationToken c)=>throw new NotImplementedException(); }
  internal sealed class CodeManifest { internal static ConcurrentDictionary<Guid,(Type[],Delegate?[])> All=new(); public Guid Id; public IReadOnlyList<ModuleIdentity> Modules=[]; public void Write(PayloadWriter w)=>w.WriteGuid(Id); public static async ValueTask<CodeManifest> ReadAsync(PayloadReader r, CancellationToken c)=>new(){Id=await r.ReadGuidAsync(c)}; }
  internal static class FunctionShipper { public static CodeManifest Describe(IReadOnlyList<Type> t, IReadOnlyList<Delegate?> f, PayloadSerializer s){ var m=new CodeManifest{Id=Guid.NewGuid()}; CodeManifest.All[m.Id]=(t.ToArray(),f.ToArray()); return m; } }
  internal static class ModuleCatalog { public static ModuleIdentity Find(string h)=>throw new NotImplementedException(); public static ReadOnlyMemory<byte> BytesOf(ModuleIdentity m)=>throw new NotImplementedException(); }
  internal sealed class ModuleStore { public static ModuleStore Open(string? d, long n)=>new(); }
  internal sealed record CodeContextOptions { public string Name{get;init;}=""; public string? Functions{get;init;} public ModuleStore? Store{get;init;} public bool AllowShipping{get;init;} public long MaxModuleBytes{get;init;} public PayloadLimits Limits{get;init;}=new(); }
  internal sealed class CodeContext(CodeContextOptions o) { public PayloadSerializer Serializer{get;}=new(o.Limits); public IReadOnlyList<ModuleIdentity> Missing(CodeManifest m)=>[]; public void Add(ModuleIdentity i, ReadOnlyMemory<byte> b){} public ValueTask<(IReadOnlyList<Type>, IReadOnlyList<Delegate?>)> ResolveAsync(CodeManifest m, CancellationToken c){ var (t,f)=CodeManifest.All[m.Id]; return new((t,f)); } public void Unload(){} }
}
namespace ActorPool.Transport {
  using ActorPool.Serialization;
  internal sealed record TransportLimits { public long MaxFrameBytes{get;init;}=1L<<30; }
  internal sealed class Ticket(ReadOnlyMemory<byte> secret, Guid id){ public ReadOnlyMemory<byte> Secret=>secret; public Guid Id=>id; public static Ticket New(Guid g)=>new(new byte[32],g);} 
  internal interface IChannelSecurity{} internal sealed class PlainChannel:IChannelSecurity{ public static readonly PlainChannel Instance=new(); }
  internal sealed class Frame{ public byte Kind; public PayloadReader Body=null!; }
  internal sealed class DataConnection(Socket s):IAsyncDisposable{
    NetworkStream n=new(s,true); SemaphoreSlim g=new(1);
    public static async Task<DataConnection> ConnectAsync(EndPoint e, Ticket t, TransportLimits l, IChannelSecurity x, TimeProvider p, CancellationToken c){ var d=(DnsEndPoint)e; var s=new Socket(SocketType.Stream,ProtocolType.Tcp){NoDelay=true}; await s.ConnectAsync(IPAddress.Parse(d.Host),d.Port,c); await s.SendAsync(t.Id.ToByteArray()); return new(s);} 
    public async ValueTask SendAsync(byte k, PayloadWriter b, CancellationToken c){ await g.WaitAsync(c); try{ var h=new byte[9]; h[0]=k; BinaryPrimitives.WriteInt64LittleEndian(h.AsSpan(1),b.Length); await n.WriteAsync(h,c); foreach(var m in b.Segments()) await n.WriteAsync(m,c);} finally{ b.Dispose(); g.Release(); } }
    public bool TrySend(byte k, PayloadWriter b){ _=SendAsync(k,b,default).AsTask(); return true; }
    public async Task RunAsync(Func<Frame,ValueTask> f){ var h=new byte[9]; while(true){ var r=await n.ReadAsync(h.AsMemory(0,1)); if(r==0) return; await n.ReadExactlyAsync(h.AsMemory(1)); var len=BinaryPrimitives.ReadInt64LittleEndian(h.AsSpan(1)); var b=new byte[len]; await n.ReadExactlyAsync(b); await f(new Frame{Kind=h[0],Body=new MemoryPayloadReader(b)}); } }
    public ValueTask DisposeAsync(){ n.Dispose(); return default; }
  }
  internal sealed class DataListener:IAsyncDisposable{ Socket s=null!; public IPEndPoint EndPoint=>(IPEndPoint)s.LocalEndPoint!;
    public static DataListener Start(IPEndPoint e, TransportLimits l, IChannelSecurity x, Func<Guid,Ticket?> t, Action<Guid,DataConnection> on, TimeProvider p, Action<EndPoint?,string> r){ var s=new Socket(SocketType.Stream,ProtocolType.Tcp); s.Bind(e); s.Listen(); var d=new DataListener{s=s}; _=d.Loop(on); return d; }
    async Task Loop(Action<Guid,DataConnection> on){ while(true){ Socket c; try{ c=await s.AcceptAsync(); }catch{return;} c.NoDelay=true; var b=new byte[16]; await c.ReceiveAsync(b); on(new Guid(b),new DataConnection(c)); } }
    public ValueTask DisposeAsync(){ s.Dispose(); return default; } }
}
