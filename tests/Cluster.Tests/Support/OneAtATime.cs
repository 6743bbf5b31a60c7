// Each cluster has several processes; two of them at a time would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
