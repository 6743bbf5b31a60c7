using System.Text;
using System.Xml;

namespace ActorPool.Node.Demo;

/// <summary>Checks and writes the file of the demo's plot.</summary>
internal static class SpeedupPlot
{
    /// <summary>Whether the path's extension is supported.</summary>
    public static bool IsSupported(string path) => Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks that the file can be written, and leaves the folder unchanged.</summary>
    /// <exception cref="NodeException">It cannot.</exception>
    public static void CheckWritable(FileInfo file)
    {
        try
        {
            var existed = file.Exists;
            file.Open(FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (!existed)
                file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CreateError(file, e);
        }
    }

    /// <summary>Draws and writes the file.</summary>
    /// <exception cref="NodeException">The file cannot be written.</exception>
    public static void Save(FileInfo file, IReadOnlyList<SpeedupMeasurement> measured)
    {
        try
        {
            var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            using var writer = XmlWriter.Create(file.FullName, new XmlWriterSettings { Indent = true, Encoding = utf8 });
            new SpeedupChart(measured).WriteTo(writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CreateError(file, e);
        }
    }

    private static NodeException CreateError(FileInfo file, Exception reason) =>
        new(
            $"--plot is [{file}], which cannot be written: {reason.Message} "
            + "Choose a file in an existing folder in which you may write.",
            reason);
}
