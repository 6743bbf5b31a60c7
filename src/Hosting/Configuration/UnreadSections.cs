namespace ActorPool.Hosting.Configuration;

/// <summary>Stands for the keys in the section <c>ActorPool</c> that nothing reads.</summary>
/// <remarks>It has no options: <see cref="UnreadSectionsCheck"/> refuses such keys when the host starts, as it checks options.</remarks>
internal sealed class UnreadSections;
