using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>The modules that the body of one manifest names, and all that they need.</summary>
internal sealed class ManifestModules(ModuleCatalog catalog)
{
    private readonly List<ModuleClosure> _roots = [];
    private readonly Dictionary<Assembly, int> _modules = [];
    private readonly List<ModuleIdentity> _identities = [];
    private readonly List<int[]> _references = [];

    /// <summary>Puts the modules together with the body that names them.</summary>
    public CodeManifest CreateManifest(byte[] body, IReadOnlyList<Delegate> inner, IReadOnlySet<object>? captured)
    {
        if (_roots is [var only])
        {
            return new CodeManifest(body, only.Identities, only.References, only.Requirements)
            {
                InnerFunctions = inner,
                CapturedInputs = captured,
            };
        }
        var requirements = new Dictionary<string, ModuleReference>(StringComparer.Ordinal);
        foreach (var requirement in _roots.SelectMany(r => r.Requirements))
        {
            if (!requirements.TryGetValue(requirement.Name, out var other) || other.Version < requirement.Version)
                requirements[requirement.Name] = requirement;
        }
        return new CodeManifest(body, _identities, _references, [.. requirements.Values])
        {
            InnerFunctions = inner,
            CapturedInputs = captured,
        };
    }

    /// <summary>Finds an assembly's position; adds it, with what it needs, if it is new.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="function">What needs it, for errors.</param>
    /// <exception cref="FunctionNotShippableException">It cannot be sent, or not together with the others.</exception>
    public int GetIndex(Assembly assembly, string function)
    {
        if (_modules.TryGetValue(assembly, out var known))
            return known;
        var closure = catalog.GetClosure(assembly);
        if (_roots.Count == 0)
        {
            // Most functions need only this one: its lists are used directly until a second one is added.
            _roots.Add(closure);
            return _modules[assembly] = 0;
        }
        if (_identities.Count == 0)
        {
            _identities.AddRange(_roots[0].Identities);
            _references.AddRange(_roots[0].References);
        }
        var root = _identities.FindIndex(i => i.Mvid == closure.Identities[0].Mvid);
        if (root < 0)
        {
            root = _identities.Count;
            Add(closure, function);
        }
        return _modules[assembly] = root;
    }

    private void Add(ModuleClosure closure, string function)
    {
        _roots.Add(closure);
        var positions = new int[closure.Identities.Count];
        var isNew = new bool[positions.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            var identity = closure.Identities[i];
            positions[i] = _identities.FindIndex(k => k.Mvid == identity.Mvid);
            if (positions[i] >= 0)
                continue;
            if (_identities.Find(k => string.Equals(k.Name, identity.Name, StringComparison.Ordinal)) is { } other)
            {
                throw new FunctionNotShippableException(
                    $"[{function}] needs two builds of the assembly [{identity.Name}], [{other}] and [{identity}]: "
                    + "a node cannot hold both for one client.", function);
            }
            (positions[i], isNew[i]) = (_identities.Count, true);
            _identities.Add(identity);
        }
        for (var i = 0; i < positions.Length; i++)
        {
            if (isNew[i])
                _references.Add([.. closure.References[i].Select(r => positions[r])]);
        }
    }
}
