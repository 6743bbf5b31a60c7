using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorPool.Tests.Conformance;

/// <summary>Where the workers of a case are.</summary>
[Flags]
public enum Places
{
    None = 0,

    /// <summary>In the process of the tests.</summary>
    Here = 1,

    /// <summary>In processes of their own.</summary>
    Processes = 2,

    /// <summary>On a node.</summary>
    Cluster = 4,
}

/// <summary>Says where the cases run that a class inherits.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PlaceAttribute(Places place) : Attribute
{
    public Places Place => place;
}

/// <summary>A case that has a meaning only at some places; docs/conformance.md says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ActorPool.Tests.Conformance.FactAtDiscoverer", "Engine.Tests")]
public sealed class FactAtAttribute(Places places) : FactAttribute
{
    public Places Places => places;
}

/// <summary>As <see cref="FactAtAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ActorPool.Tests.Conformance.TheoryAtDiscoverer", "Engine.Tests")]
public sealed class TheoryAtAttribute(Places places) : TheoryAttribute
{
    public Places Places => places;
}

/// <summary>Finds the cases of <see cref="FactAtAttribute"/>.</summary>
public sealed class FactAtDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        Runs(testMethod, factAttribute) ? base.Discover(discoveryOptions, testMethod, factAttribute) : [];

    /// <summary>Whether the case has a meaning at the place of the class.</summary>
    internal static bool Runs(ITestMethod method, IAttributeInfo fact)
    {
        var place = method.TestClass.Class.GetCustomAttributes(typeof(PlaceAttribute)).SingleOrDefault()
            ?.GetNamedArgument<Places>(nameof(PlaceAttribute.Place)) ?? Places.Here;
        return fact.GetNamedArgument<Places>(nameof(FactAtAttribute.Places)).HasFlag(place);
    }
}

/// <summary>Finds the cases of <see cref="TheoryAtAttribute"/>.</summary>
public sealed class TheoryAtDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        FactAtDiscoverer.Runs(testMethod, theoryAttribute) ? base.Discover(discoveryOptions, testMethod, theoryAttribute) : [];
}
