namespace ActorPool.Values;

/// <summary>A way on which a value comes to another process, or back.</summary>
public enum Way
{
    /// <summary>An input of a map.</summary>
    Input,

    /// <summary>A captured variable.</summary>
    Captured,

    /// <summary>A result, made where the function runs.</summary>
    Result,

    /// <summary>The value of a broadcast.</summary>
    Broadcast,

    /// <summary>A field of an object that is an input.</summary>
    Field,

    /// <summary>An item of a list that is an input.</summary>
    Item,

    /// <summary>What the function captured that makes a worker's state.</summary>
    State,

    /// <summary>An entry of an exception's data.</summary>
    Data,
}
