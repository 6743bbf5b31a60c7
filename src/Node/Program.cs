using ActorPool.Node;
using ActorPool.Node.Certificates;
using ActorPool.Node.Demo;
using ActorPool.Node.Doctor;
using ActorPool.Node.Nodes;
using ActorPool.Node.Observing;

IcuLibrary.UseIfPresent();
var root = NodeCommand.Create();
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(CertsCommand.Create());
root.Subcommands.Add(ConfigCommand.Create());
root.Subcommands.Add(DoctorCommand.Create());
foreach (var command in ObserveCommands.Create())
    root.Subcommands.Add(command);
return await CommandLine.RunAsync(root, args);
