using System.CommandLine;
using ActorPool.Node;
using ActorPool.Node.Demo;

var root = new RootCommand("ActorPool: Python's multiprocessing.Pool for .NET, built as an actor system.")
{
    DemoCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
