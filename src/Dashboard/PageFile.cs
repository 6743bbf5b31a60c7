namespace ActorPool.Dashboard;

/// <summary>One file of the page, as an HTTP server sends it.</summary>
/// <param name="Path">Path that a browser asks for, such as <c>/app.js</c>.</param>
/// <param name="ContentType">Value of the header <c>Content-Type</c>.</param>
/// <param name="ETag">Value of the header <c>ETag</c>: strong, from the content, with its quotes.</param>
/// <param name="Content">The bytes; the same memory at each call, so that nobody may change it.</param>
internal sealed record PageFile(string Path, string ContentType, string ETag, ReadOnlyMemory<byte> Content);
