using System.Data;
using System.Data.SqlTypes;
using System.Globalization;
using System.Linq.Expressions;
using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Documents, tables, types, functions, exceptions, and what belongs to its process.</summary>
public sealed class ModelKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("JsonElement", () => JsonDocument.Parse("{\"a\":[1,2.50]}").RootElement, v => Of(v.GetProperty("a")[1].GetRawText())),
        Kind.Of("JsonElement: part", () => JsonDocument.Parse("{\"a\":[1,2]}").RootElement.GetProperty("a"), v => Of(v.GetArrayLength())),
        Kind.Of("JsonElement: default", () => default(JsonElement), v => Of(v.ValueKind)),
        Kind.Of("JsonDocument", () => JsonDocument.Parse("[1,null]"), v => Of(v.RootElement[1].ValueKind)),
        Kind.Of("JsonNode", () => JsonNode.Parse("{\"a\":{\"b\":1}}"), v => Of(v!["a"]!["b"]!.GetValue<int>(), v["a"]!.Parent == v)),
        Kind.Of("JsonObject", () => new JsonObject { ["a"] = 1, ["b"] = new JsonArray(1, 2) }, v => Of(v.ToJsonString())),
        Kind.Of("JsonArray", () => new JsonArray(1, "a", null), v => Of(v.Count, v[2] is null)),
        Kind.Of("JsonValue", () => JsonValue.Create(1.50m), v => Of(v.ToJsonString())),
        Kind.Of("JsonSerializerOptions", () => new JsonSerializerOptions(JsonSerializerDefaults.Web),
            v => Of(v.PropertyNameCaseInsensitive)),
        Kind.Of("XElement", () => XElement.Parse("<a b='1'><c/></a>"), v => Of(v.Attribute("b")!.Value, v.Elements().Count())),
        Kind.Of("XElement: child", () => XElement.Parse("<a><c/></a>").Element("c"), v => Of(v!.Name, v.Parent!.Name)),
        Kind.Of("XDocument", () => XDocument.Parse("<a><!--x--></a>"), v => Of(v.Root!.Nodes().Count())),
        Kind.Of("XName", () => XName.Get("a", "urn:x"), v => Of(v.NamespaceName, v == XName.Get("a", "urn:x"))),
        Kind.Of("XAttribute", () => new XAttribute("a", "b"), v => Of(v.Value)),
        Kind.Of("XmlDocument", MakeXml, v => Of(v.DocumentElement!.Name)),
        Kind.Of("DataTable", MakeTable, v => Of(v.Rows.Count, v.Rows[1]["name"], v.Select("id > 1").Length)),
        Kind.Of("DataSet", MakeSet, v => Of(v.Tables["t"]!.Rows[0]["id"])),
        Kind.Of("DataRow", () => MakeTable().Rows[1], v => Of(v["name"])),
        Kind.Of("SqlInt32", () => new SqlInt32(5), v => Of(v.Value)),
        Kind.Of("SqlString", () => new SqlString("a"), v => Of(v.Value)),
        Kind.Of("SqlDateTime: null", () => SqlDateTime.Null, v => Of(v.IsNull)),
        Kind.Of("Type", () => typeof(List<int>), v => Of(v == typeof(List<int>), v.FullName![..20])),
        Kind.Of("Type: of its own", () => typeof(OwnException), v => Of(v == typeof(OwnException))),
        Kind.Of("Type: open", () => typeof(Dictionary<,>), v => Of(v == typeof(Dictionary<,>))),
        Kind.Of("Type as key", () => new Dictionary<Type, string> { [typeof(int)] = "int" }, v => Of(v[typeof(int)])),
        Kind.Of("MethodInfo", () => typeof(Math).GetMethod("Max", [typeof(int), typeof(int)]), v => Of(v!.Invoke(null, [1, 2]))),
        Kind.Of("MethodInfo: of its own", () => typeof(ModelKinds).GetMethod(nameof(Twice)), v => Of(v!.Invoke(null, [4]))),
        Kind.Of("PropertyInfo", () => typeof(string).GetProperty("Length"), v => Of(v!.GetValue("abc"))),
        Kind.Of("FieldInfo", () => typeof(Named).GetField("Field"), v => Of(v!.GetValue(new Named()))),
        Kind.Of("ConstructorInfo", () => typeof(Named).GetConstructor([]), v => Of(v!.Invoke([]).GetType().Name)),
        Kind.Of("Assembly", () => typeof(ModelKinds).Assembly, v => Of(v == typeof(ModelKinds).Assembly)),
        Kind.Of("AssemblyName", () => new AssemblyName("a, Version=1.2.3.4"), v => Of(v.Name, v.Version)),
        Kind.Of("Func: static", () => (Func<int, int>)Twice, v => Of(v(4))),
        Kind.Of("Func: without a capture", () => (Func<int, int>)(x => x + 1), v => Of(v(4))),
        Kind.Of("Func: with a capture", () => MakeAdder(5), v => Of(v(4))),
        Kind.Of("Func: over an object", () => (Func<int>)new Named { Number = 3 }.GetNumber, v => Of(v())),
        Kind.Of("Func: generic", () => (Func<List<string>, int>)Count<string>, v => Of(v(["a"]))),
        Kind.Of("Predicate", () => (Predicate<int>)(x => x > 3), v => Of(v(4), v(3))),
        Kind.Of("Comparison", () => (Comparison<int>)((a, b) => b - a), v => Of(v(1, 2))),
        Kind.Of("Action: several", MakeSeveral, v => Of(v.GetInvocationList().Length)),
        Kind.Of<Delegate>("Delegate", () => (Func<int, int>)Twice, v => Of(v.DynamicInvoke(4))),
        Kind.Of("delegate of its own", () => (Rule)(x => x is "a"), v => Of(v("a"))),
        Kind.Of("Func: null", () => (Func<int, int>?)null, v => Of(v is null)),
        Kind.Of("functions in a dictionary", () => new Dictionary<string, Func<int, int>> { ["a"] = x => x + 1, ["b"] = Twice },
            v => Of(v["a"](1), v["b"](2))),
        Kind.Of("functions in a list of tuples", () => new List<(string, Func<int, bool>)> { ("odd", x => x % 2 == 1) },
            v => Of(v[0].Item2(3))),
        Kind.Of("Expression", () => (Expression<Func<int, int>>)(x => x + 1), v => Of(v.Compile()(4), v)),
        Kind.Of("Expression: with a capture", () => MakeExpression(5), v => Of(v.Compile()(4))),
        Kind.Of("Exception", () => new InvalidOperationException("text"), v => Of(v.Message)),
        Kind.Of<Exception>("Exception: derived", () => new ArgumentException("text", "name"),
            v => Of(v.GetType().Name, ((ArgumentException)v).ParamName)),
        Kind.Of("Exception: of its own", () => new OwnException(7, "text"), v => Of(v.Code, v.Message)),
        Kind.Of("Exception: inner", () => new OwnException(7, "text", new FormatException("inner")), v => Of(v.InnerException!.Message)),
        Kind.Of("Exception: thrown", MakeThrown, v => Of(v.StackTrace!.Contains(nameof(MakeThrown), StringComparison.Ordinal))),
        Kind.Of("Exception: data", MakeWithData, v => Of(v.Data["a"])),
        Kind.Of("AggregateException", () => new AggregateException(new FormatException("a"), new TimeoutException("b")),
            v => Of(v.InnerExceptions.Count, v.InnerExceptions[1].GetType().Name)),
        Kind.Of("ArgumentOutOfRangeException", () => new ArgumentOutOfRangeException("name", 5, "text"),
            v => Of(v.ActualValue, v.ParamName)),
        Kind.Of("Claim", () => new Claim("type", "value"), v => Of(v.Type, v.Value)),
        Kind.Of("ClaimsPrincipal", () => new ClaimsPrincipal(new ClaimsIdentity([new("role", "a")], "test")),
            v => Of(v.HasClaim("role", "a"), v.Identity!.IsAuthenticated)),
        Kind.Of("MediaTypeHeaderValue", () => new MediaTypeHeaderValue("text/plain", "utf-8"), v => Of(v)),
        Kind.Of("FileInfo", () => new FileInfo("/tmp/a.txt"), v => Of(v.Name)),
        Kind.Of("DirectoryInfo", () => new DirectoryInfo("/tmp/a"), v => Of(v.FullName)),
        Kind.Of("OperatingSystem", () => new OperatingSystem(PlatformID.Unix, new Version(1, 2)), v => Of(v.Version)),
        Kind.Of("ActivityContext", () => new System.Diagnostics.ActivityContext(
            System.Diagnostics.ActivityTraceId.CreateFromString("0123456789abcdef0123456789abcdef"),
            System.Diagnostics.ActivitySpanId.CreateFromString("0123456789abcdef"), default), v => Of(v.TraceId, v.SpanId)),
        Kind.Of("MemoryStream", () => new MemoryStream([1, 2, 3]), v => Of(v.Length)),
        Kind.Of("CancellationToken", () => CancellationToken.None, v => Of(v.CanBeCanceled)),
        Kind.Of("CancellationTokenSource", () => new CancellationTokenSource(), v => Of(v.IsCancellationRequested)),
        Kind.Of("HttpClient", () => new HttpClient(), v => Of(v.MaxResponseContentBufferSize)),
        Kind.Of("SemaphoreSlim", () => new SemaphoreSlim(2), v => Of(v.CurrentCount)),
        Kind.Of("Lock", () => new Lock(), v => Of(v.IsHeldByCurrentThread)),
        Kind.Of("Thread", () => new Thread(() => { }), v => Of(v.IsAlive)),
        Kind.Of("task in a field", () => new Work(Task.FromResult(5)), v => Of(v.Task.IsCompleted)),
        Kind.Of("stream in a field", () => new Reader(new MemoryStream([1])), v => Of(v.Stream.Length)),
        Kind.Of("token in a field", () => new Request("a", default), v => Of(v.Name, v.Token.CanBeCanceled)),
        Kind.Of("GCHandle in a field", () => new Pinned(default), v => Of(v.Handle.IsAllocated)),
    ];

    public static int Twice(int x) => 2 * x;

    private static int Count<T>(List<T> list) => list.Count;

    private static Func<int, int> MakeAdder(int number) => x => x + number;

    private static Expression<Func<int, int>> MakeExpression(int number) => x => x + number;

    private static Action MakeSeveral()
    {
        Action action = () => { };
        return action + (() => { });
    }

    private static XmlDocument MakeXml()
    {
        var document = new XmlDocument();
        document.LoadXml("<a><b/></a>");
        return document;
    }

    private static DataTable MakeTable()
    {
        var table = new DataTable("t") { Locale = CultureInfo.InvariantCulture };
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("name", typeof(string));
        table.Rows.Add(1, "a");
        table.Rows.Add(2, "b");
        return table;
    }

    private static DataSet MakeSet()
    {
        var set = new DataSet();
        set.Tables.Add(MakeTable());
        return set;
    }

    private static Exception MakeThrown()
    {
        try
        {
            throw new FormatException("thrown");
        }
        catch (FormatException e)
        {
            return e;
        }
    }

    private static InvalidOperationException MakeWithData()
    {
        var error = new InvalidOperationException("text");
        error.Data["a"] = 5;
        return error;
    }

    public delegate bool Rule(string text);

    public sealed class Named
    {
        public string Field = "field";

        public int Number { get; init; }

        public int GetNumber() => Number;
    }

    public sealed class OwnException(int code, string message, Exception? inner = null) : Exception(message, inner)
    {
        public int Code { get; } = code;
    }

    public sealed record Work(Task<int> Task);

    public sealed record Reader(Stream Stream);

    public sealed record Request(string Name, CancellationToken Token);

    public sealed record Pinned(System.Runtime.InteropServices.GCHandle Handle);
}
