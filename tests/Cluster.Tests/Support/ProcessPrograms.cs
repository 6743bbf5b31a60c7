namespace ActorPool.ClusterTests.Support;

/// <summary>Programs of several kinds, each of which has a pool with worker processes.</summary>
public sealed class ProcessPrograms : IAsyncLifetime
{
    private readonly ProgramFolder _folder = new();

    /// <summary>The folder of the program that was built as usual.</summary>
    public string Built => Path.Combine(_folder.Path, "Program", "bin", "Debug", "net10.0");

    /// <summary>A program that was published as a single file.</summary>
    public string SingleFile => Path.Combine(_folder.Path, "single", "Program");

    /// <summary>A web service.</summary>
    public string Web => Path.Combine(_folder.Path, "Web", "bin", "Debug", "net10.0", "Web.dll");

    /// <summary>A startup hook that belongs to no program here.</summary>
    public string Hook => Path.Combine(_folder.Path, "Hook", "bin", "Debug", "net10.0", "Hook.dll");

    /// <summary>A program of one source file, which calls WorkerProcess.RunIfRequested.</summary>
    public string Script => Path.Combine(_folder.Path, "script", "app.cs");

    /// <summary>One that does not.</summary>
    public string ScriptWithoutHelp => Path.Combine(_folder.Path, "other", "app.cs");

    public async Task InitializeAsync()
    {
        // To make a single file, or to run a source file, the SDK needs a package of its own (Microsoft.NET.ILLink.Tasks).
        await _folder.PackEngineAsync(usesNetwork: true);
        const string Body = """
            Console.WriteLine("Main");
            await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, Isolation = WorkerIsolation.Process });
            var factor = 3;
            var results = await pool.MapAsync(
                x => (Value: x * factor, Id: Environment.ProcessId, Folder: Environment.CurrentDirectory,
                    IsServer: System.Runtime.GCSettings.IsServerGC, Variable: Environment.GetEnvironmentVariable("DOTNET_gcServer"),
                    Hooks: Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS"),
                    Hooked: Environment.GetEnvironmentVariable("HOOKED")),
                Enumerable.Range(0, 1000));
            var isSame = results.All(one => one.Folder == Environment.CurrentDirectory
                && one.Variable == Environment.GetEnvironmentVariable("DOTNET_gcServer")
                && one.Hooks == Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS"));
            Console.WriteLine($"sum {results.Sum(one => one.Value)}");
            Console.WriteLine($"elsewhere {results.All(one => one.Id != Environment.ProcessId)}");
            Console.WriteLine($"surroundings {isSame}");
            Console.WriteLine($"server collector {System.Runtime.GCSettings.IsServerGC} {results.Any(one => one.IsServer)}");
            Console.WriteLine($"hooked {results.Count(one => one.Hooked == $"{one.Id}")}");
            """;
        await WriteProjectAsync("Program", "Microsoft.NET.Sdk", $"using ActorPool;\n{Body}");
        await WriteProjectAsync("Web", "Microsoft.NET.Sdk.Web", """
            using ActorPool;
            Console.WriteLine("Main");
            var builder = WebApplication.CreateBuilder(args);
            var options = new WorkerPoolOptions { Workers = 2, Isolation = WorkerIsolation.Process };
            builder.Services.AddSingleton(_ => WorkerPool.Create(options));
            var app = builder.Build();
            app.MapGet("/squares/{n:int}", async (int n, WorkerPool pool) =>
            {
                var own = Environment.ProcessId;
                var all = await pool.MapAsync(x => (Square: x * x, Id: Environment.ProcessId), Enumerable.Range(0, n));
                return $"{all.Sum(one => one.Square)} {all.All(one => one.Id != own)}";
            });
            app.Run();
            """);
        await _folder.WriteAsync("Hook/Hook.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        await _folder.WriteAsync("Hook/StartupHook.cs", """
            using System;
            internal static class StartupHook
            {
                public static void Initialize() => Environment.SetEnvironmentVariable("HOOKED", $"{Environment.ProcessId}");
            }
            """);
        await _folder.WriteAsync(
            "script/app.cs",
            $"#:package ActorPool@{ProgramFolder.Version}\nusing ActorPool;\nWorkerProcess.RunIfRequested(args);\n{Body}");
        await _folder.WriteAsync("other/app.cs", $"#:package ActorPool@{ProgramFolder.Version}\nusing ActorPool;\n{Body}");
        await _folder.BuildAsync("Program");
        await _folder.BuildAsync("Web");
        await _folder.BuildAsync("Hook");
        await _folder.PublishAsync("Program", "single", "--use-current-runtime", "--no-self-contained", "-p:PublishSingleFile=true");
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private async Task WriteProjectAsync(string name, string sdk, string program)
    {
        await _folder.WriteAsync($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="ActorPool" Version="{ProgramFolder.Version}" /></ItemGroup>
            </Project>
            """);
        await _folder.WriteAsync($"{name}/Program.cs", program);
    }
}
