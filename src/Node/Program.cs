using ActorPool.Node;
using ActorPool.Node.Demo;
using ActorPool.Node.Nodes;

var root = NodeCommand.Create();
root.Subcommands.Add(DemoCommand.Create());
return await CommandLine.RunAsync(root, args);
