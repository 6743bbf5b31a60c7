namespace ServiceSample;

internal static class Scores
{
    /// <summary>Rates a feature, from 0 to 1.</summary>
    public static double Rate(double feature) => 1 / (1 + Math.Exp(-feature));
}
