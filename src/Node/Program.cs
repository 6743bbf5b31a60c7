using ActorPool.Node;
using ActorPool.Node.Certificates;
using ActorPool.Node.Demo;
using ActorPool.Node.Nodes;

IcuLibrary.UseIfPresent();
var root = NodeCommand.Create();
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(CertsCommand.Create());
return await CommandLine.RunAsync(root, args);
