"use strict";
// Light, dark, or as the system says; remembered where the browser allows it. Canvases ask here for the colours of the style sheet.
(function (Dash) {
    const key = "actorpool-theme";
    const modes = ["auto", "light", "dark"];
    const names = [
        "text", "muted", "line", "surface", "accent", "running", "done", "failed", "requeued", "idle", "cancelled",
        "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7",
    ];
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const listeners = new Set();
    let colours = null;

    // A page from file:// may have no storage at all.
    function storage(use) {
        try {
            return use(window.localStorage);
        } catch {
            return null;
        }
    }

    function mode() {
        const value = document.documentElement.dataset.theme;
        return modes.includes(value) ? value : "auto";
    }

    function changed() {
        colours = null;
        listeners.forEach(listener => listener());
    }

    function set(value) {
        if (value === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = value;
        storage(store => value === "auto" ? store.removeItem(key) : store.setItem(key, value));
        changed();
    }

    /** The colours of the style sheet as rgb(), by name. */
    function getColours() {
        if (colours) return colours;
        const probe = document.createElement("span");
        document.body.append(probe);
        colours = {};
        for (const name of names) {
            probe.style.color = `var(--${name})`;
            colours[name] = getComputedStyle(probe).color;
        }
        probe.remove();
        return colours;
    }

    const saved = storage(store => store.getItem(key));
    if (saved === "light" || saved === "dark") document.documentElement.dataset.theme = saved;
    dark.addEventListener("change", changed);

    Dash.theme = {
        modes, mode, set, getColours,
        isDark: () => mode() === "dark" || (mode() === "auto" && dark.matches),
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
})(window.Dash);
