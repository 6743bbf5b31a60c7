using Akka.Actor;
using Akka.Event;

namespace ActorPool.Jobs;

/// <summary>A message between the actors of a pool, which stays in this process.</summary>
/// <remarks>
/// One that arrives after its receiver's end has lost its meaning: when a pool ends, its actors end in no order. So it makes no dead letter
/// in the log of the program, only a suppressed one.
/// </remarks>
internal interface IPoolMessage : INoSerializationVerificationNeeded, IDeadLetterSuppression;
