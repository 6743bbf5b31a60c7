namespace ActorPool.Configuration;

/// <summary>Settings are not valid; the message names all faults.</summary>
/// <remarks>The public documentation names only the <see cref="ArgumentException"/>.</remarks>
internal sealed class SettingsException : ArgumentException
{
    /// <param name="faults">All of them, at least one.</param>
    /// <param name="cause">The exception of the code that found the fault, if that was not the engine.</param>
    public SettingsException(IReadOnlyList<SettingsFault> faults, Exception? cause = null)
        : base($"The pool's settings are not valid:{FormatList(faults.Select(fault => fault.Problem))}", "options", cause) =>
        Faults = faults;

    public SettingsException(SettingsFault fault, Exception? cause = null)
        : this([fault], cause) { }

    public IReadOnlyList<SettingsFault> Faults { get; }

    /// <summary>Formats faults as lines below a heading.</summary>
    public static string FormatList(IEnumerable<string> problems) =>
        string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem}"));
}
