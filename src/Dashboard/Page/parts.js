"use strict";
// The pieces that the pages are made of. Strings become text nodes only: nothing here, or elsewhere in the page, writes HTML.
(function (Dash) {
    const html = htm.bind(preact.h);
    const { useState, useEffect, useRef, useMemo } = preactHooks;
    const { format, theme, store } = Dash;
    const spoken = ["title", "aria-label", "aria-valuetext"];

    // Each text of the page comes through here.
    preact.options.vnode = vnode => {
        const { type, props } = vnode;
        if (type === null && typeof props === "string") vnode.props = format.plain(props);
        if (typeof type !== "string") return;
        for (const name of spoken) if (typeof props[name] === "string") props[name] = format.plain(props[name]);
    };

    const icons = {
        play: "M4 2.5v11l9-5.500z", check: "M2.5 8.500l3.5 3.5 7.5-8", cross: "M3 3l10 10M13 3L3 13",
        stop: "M3.5 3.500h9v9h-9z", again: "M13 8a5 5 0 1 1-1.5-3.500M13 2v3.500H9.5",
        warn: "M8 1.500L15 14H1zM8 6v4M8 11.500v1", leave: "M6 2H2.500v12H6M6 8h8M11 5l3 3-3 3",
        sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
        moon: "M13.5 9.500A6 6 0 0 1 6.5 2.500a6 6 0 1 0 7 7z", auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 2v12",
        copy: "M5.5 5.500h8v8h-8zM3 10.500H2.500v-8h8V3", save: "M8 2v8M5 7l3 3.500L11 7M2.5 13.500h11",
        grid: "M2.5 2.500h4v4h-4zM9.5 2.500h4v4h-4zM2.5 9.500h4v4h-4zM9.5 9.500h4v4h-4z", list: "M2 4h12M2 8h12M2 12h8",
        nodes: "M2.5 2.500h11v4h-11zM2.5 9.500h11v4h-11zM5 4.500h.5M5 11.500h.5",
        log: "M3 1.500h10v13H3zM5.5 5h5M5.5 8h5M5.5 11h3",
        idea: "M5.5 11a4.5 4.5 0 1 1 5 0v1.500h-5zM6 14.500h4", pause: "M5 3v10M11 3v10",
    };
    const filled = new Set(["play", "stop"]);

    function Icon({ name }) {
        return html`<svg class=${filled.has(name) ? "icon filled" : "icon"} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=${icons[name]} /></svg>`;
    }

    /** Draws again when the store or the theme changes; returns the store's state. */
    function useStore() {
        const [, force] = useState(0);
        useEffect(() => {
            const again = () => force(n => n + 1);
            const stops = [store.subscribe(again), theme.subscribe(again)];
            return () => stops.forEach(stop => stop());
        }, []);
        return store.state;
    }

    const states = {
        running: ["running", "play", "Running"], succeeded: ["done", "check", "Succeeded"], failed: ["failed", "cross", "Failed"],
        cancelled: ["cancelled", "stop", "Cancelled"], done: ["done", "check", "Done"], requeued: ["requeued", "again", "Requeued"],
        up: ["done", "check", "Up"], leaving: ["requeued", "leave", "Leaving"], unreachable: ["failed", "cross", "Unreachable"],
        silent: ["failed", "warn", "Silent"], gone: ["cancelled", "stop", "Program ended"],
    };

    /** A state as icon, word and colour. A state of a later version is shown by its name. */
    function Badge({ state }) {
        const [tone, icon, word] = Object.hasOwn(states, state) ? states[state] : ["cancelled", "warn", String(state)];
        return html`<span class=${"badge " + tone}><${Icon} name=${icon} />${word}</span>`;
    }

    function Stat({ label, value, note, tone, children }) {
        return html`<div class=${"stat" + (tone ? " " + tone : "")}>
            <dt>${label}</dt><dd><span class="value">${value}</span>${note && html`<span
                class="note">${note}</span>`}${children}</dd></div>`;
    }

    function Panel({ title, note, tools, children, wide, id }) {
        const label = id || "panel-" + title.toLowerCase().replaceAll(/[^a-z]+/g, "-");
        return html`<section class=${wide ? "panel wide" : "panel"} aria-labelledby=${label}>
            <header><h2 id=${label}>${title}</h2>${note && html`<span class="note">${note}</span>`}
            ${tools && html`<span class="tools">${tools}</span>`}</header>${children}</section>`;
    }

    /** Done and failed items of a job as a bar; while the total is unknown it only says how many. */
    function Progress({ job }) {
        const { done, failed, total, state, name } = job;
        const share = part => ({ width: `${Math.min(100, part / Math.max(1, total) * 100)}%` });
        const words = total == null ? `${format.count(done)} items, total unknown`
            : `${format.count(done)} of ${format.count(total)} items${failed ? `, ${format.count(failed)} failed` : ""}`;
        const value = total == null ? {} : { "aria-valuenow": total ? Math.round(done / total * 100) : 100 };
        return html`<div class="progress">
            <div class=${"bar " + state + (total == null && state === "running" ? " unknown" : "")} role="progressbar"
                aria-label=${`Progress of ${name}`} aria-valuetext=${words} aria-valuemin="0" aria-valuemax="100" ...${value}>
                ${total != null && html`<i class="good" style=${share(total ? done - failed : 1)}></i>${failed > 0 && html`<i class="bad"
                    style=${share(failed)}></i>`}`}
            </div>
            <span class="figure">${total == null ? format.compact(done) : total ? format.percent(done, total) : "100 %"}</span></div>`;
    }

    /** A modal question. The answer is the promise of whoever opened it; Escape and Cancel answer no. */
    function Dialog({ title, children, confirm, tone, onClose }) {
        const ref = useRef(null);
        useEffect(() => {
            const opener = document.activeElement;
            ref.current.showModal();
            return () => opener instanceof HTMLElement && opener.isConnected && opener.focus();
        }, []);
        const close = answer => {
            ref.current.close();
            onClose(answer);
        };
        return html`<dialog ref=${ref} aria-labelledby="dialog-title" onCancel=${event => { event.preventDefault(); close(false); }}>
            <form method="dialog" onSubmit=${event => { event.preventDefault(); close(true); }}>
                <h2 id="dialog-title">${title}</h2>${children}
                <div class="buttons"><button type="button" onClick=${() => close(false)}>Keep as it is</button>
                <button type="submit" class=${tone || "primary"}>${confirm}</button></div>
            </form></dialog>`;
    }

    /** Copies text, also where the page has no clipboard because it does not come over TLS. */
    async function copy(text) {
        if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
        const area = document.createElement("textarea");
        area.value = text;
        area.className = "offscreen";
        document.body.append(area);
        area.select();
        const copied = document.execCommand("copy");
        area.remove();
        if (!copied) throw new Error("The browser did not allow it.");
    }

    function CopyButton({ text, what }) {
        const [answer, setAnswer] = useState("");
        const click = () => copy(text).then(() => setAnswer("Copied"), () => setAnswer("Not allowed: select the text"));
        useEffect(() => {
            const timer = answer && setTimeout(() => setAnswer(""), 2500);
            return () => clearTimeout(timer);
        }, [answer]);
        return html`<button type="button" class="small" onClick=${click} aria-label=${`Copy ${what}`}><${Icon} name="copy" />
            <span aria-live="polite">${answer || "Copy"}</span></button>`;
    }

    /** A group of buttons of which one is chosen. */
    function Choice({ label, options, value, onChange }) {
        return html`<div class="choice" role="group" aria-label=${label}>${options.map(([key, word]) => html`
            <button type="button" key=${key} aria-pressed=${key === value ? "true" : "false"}
                onClick=${() => onChange(key)}>${word}</button>`)}
        </div>`;
    }

    /** A table that scrolls in itself where it is too wide, by keyboard as well. */
    function Table({ caption, head, children, className }) {
        return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table class=${className || ""} role="table">
            <caption class="unseen">${caption}</caption><thead role="rowgroup"><tr role="row">${head}</tr></thead>
            <tbody role="rowgroup">${children}</tbody></table></div>`;
    }

    function Empty({ title, children }) {
        return html`<div class="empty"><p class="title">${title}</p><p>${children}</p></div>`;
    }

    Dash.parts = {
        html, useState, useEffect, useRef, useMemo, useStore, Icon, Badge, Stat, Panel, Progress, Dialog, CopyButton, Choice, Table, Empty,
    };
})(window.Dash);
