using ActorPool.TerminalProgram;

// A program with progress bars that the tests drive: each line of the named pipe in its argument is a command.
await using var program = new Commands();
using var input = new StreamReader(args[0]);
while (await input.ReadLineAsync() is { } line)
{
    if (await program.RunAsync(line) is { } exitCode)
        return exitCode;
}
return 0;
