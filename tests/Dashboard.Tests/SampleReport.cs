namespace ActorPool.Dashboard.Tests;

/// <summary>The answer of <c>/api/v1/jobs/KEY</c> for a job that failed, with strings that would be HTML.</summary>
internal static class SampleReport
{
    public const string Json = """
        {
          "version": 1, "now": "2026-12-01T04:30:00.123Z",
          "job": {
            "key": "6f1c-12", "pool": "p", "poolName": "orders & <b>", "caller": "machine-b:99", "id": 12,
            "name": "nightly</script><img src=x onerror=alert(1)>", "function": "Orders.Price", "state": "failed",
            "error": "<script>alert(2)</script>", "total": 60, "done": 42, "failed": 2, "retried": 1, "requeued": 20, "rate": 123.4,
            "remaining": null, "started": "2026-12-01T04:29:00Z", "elapsed": 4.1, "running": 0
          },
          "chunks": { "omitted": 0, "cells": [
            { "start": 0, "count": 20, "state": "done", "attempt": 1, "holder": "10.0.0.5:8110", "begin": 0.5, "end": 0.9, "work": 0.38,
              "sizeReason": "caller", "waited": 0.05 },
            { "start": 20, "count": 20, "state": "requeued", "attempt": 1, "holder": "worker-1", "begin": 0.5, "end": 2, "work": null },
            { "start": 20, "count": 20, "state": "failed", "attempt": 2, "holder": "10.0.0.5:8110", "begin": 2, "end": 3, "work": 0.9 },
            { "start": 40, "count": 20, "state": "running", "attempt": 1, "holder": null, "begin": 3, "end": null, "work": null } ] },
          "holders": [
            { "name": "10.0.0.5:8110", "chunks": 2, "items": 40, "work": 1.28, "lost": 0 },
            { "name": "worker-1", "chunks": 0, "items": 0, "work": 0, "lost": 1 } ],
          "histogram": { "edges": [0.01, 0.02, 0.05], "counts": [0, 20, 20, 0] },
          "slowest": [{ "start": 20, "count": 20, "each": 0.045, "holder": "10.0.0.5:8110",
            "input": "Order <i>20</i>" }],
          "time": { "working": 3.2, "serializing": 0.1, "transferring": 0.5, "idle": 0.3, "waiting": 1.1 },
          "failures": [{
            "type": "System.FormatException", "message": "<img src=x onerror=alert(3)>", "stack": "at Orders.Price(Order o)", "count": 2,
            "indices": [21, 33], "inputs": [{ "index": 21, "text": "Order <img src=x onerror=alert(4)>" }] }],
          "chunkSizes": [{ "from": 0, "size": 20, "count": 3, "reason": "caller" },
            { "from": 60, "size": 5, "count": 1, "reason": "later<b>" }],
          "advice": ["Items take 3 µs: <i>MapChunksAsync</i>"]
        }
        """;
}
