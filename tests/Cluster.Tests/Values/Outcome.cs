namespace ActorPool.ClusterTests.Values;

/// <summary>What became of a value on one way.</summary>
internal enum Outcome
{
    /// <summary>The probe says the same as here.</summary>
    Same,

    /// <summary>It arrived as its text, as the entries of an exception's data do.</summary>
    Text,

    /// <summary>It was refused by name.</summary>
    Refused,

    /// <summary>The probe says something else, or the job failed in another way.</summary>
    Differs,
}
