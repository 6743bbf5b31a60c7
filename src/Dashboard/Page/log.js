"use strict";
// The newest lines of all nodes' logs, newest first.
(function (Dash) {
    const { html, useState, useEffect, useRef, useStore, Choice, Icon, Empty, Table } = Dash.parts;
    const { LogLevel } = Dash.actions;
    const { format, store } = Dash;
    const maxLines = 2000;
    const maxShown = 500;
    const maxChars = 300;
    const everyMilliseconds = 2000;
    const page = 500;
    const levels = ["debug", "info", "warning", "error"];
    const tones = { debug: "cancelled", info: "running", warning: "requeued", error: "failed" };

    /** Asks for new lines while the page is seen and not paused. */
    function useLines(isPaused, returns) {
        const kept = useRef({ lines: [], after: 0, reason: null });
        const [, force] = useState(0);
        // A node that was started again counts its lines anew.
        useEffect(() => {
            kept.current = { lines: [], after: 0, reason: null };
        }, [returns]);
        useEffect(() => {
            let timer = 0;
            let ended = false;
            const ask = async () => {
                clearTimeout(timer);
                if (document.hidden || ended) return;
                let more = false;
                try {
                    const { lines } = await store.get(`api/v1/log?after=${kept.current.after}`);
                    if (ended) return;
                    const { current } = kept;
                    if (lines.length) current.after = lines[lines.length - 1].sequence;
                    current.lines = [...current.lines, ...lines].slice(-maxLines);
                    current.reason = null;
                    more = lines.length >= page;
                } catch (error) {
                    kept.current.reason = error.message;
                }
                force(n => n + 1);
                if (!ended) timer = setTimeout(ask, more ? 0 : everyMilliseconds);
            };
            if (isPaused) return undefined;
            document.addEventListener("visibilitychange", ask);
            ask();
            return () => {
                ended = true;
                clearTimeout(timer);
                document.removeEventListener("visibilitychange", ask);
            };
        }, [isPaused, returns]);
        return kept.current;
    }

    /** The first line of a message; the others, such as a stack, on demand. */
    function Message({ text }) {
        const end = text.indexOf("\n");
        const cut = Math.min(end < 0 ? text.length : end, maxChars);
        if (cut === text.length) return text;
        return html`<details><summary>${text.slice(0, cut)} …</summary><pre tabindex="0" role="region"
            aria-label="The whole message">${text}</pre></details>`;
    }

    function Line({ line }) {
        const tone = Object.hasOwn(tones, line.level) ? tones[line.level] : "cancelled";
        return html`<tr class=${`line ${tone}`}><td class="nowrap">${format.clock(line.time)}</td>
            <td><span class=${`level ${tone}`}>${line.level}</span></td>
            <td class="wide nowrap">${line.node}</td><td class="wide">${line.source}</td><td class="message"><${Message} text=${line.message} />
            <div class="narrow note">${line.node} · ${line.source}</div></td></tr>`;
    }

    function Log() {
        const { cluster, returns } = useStore();
        const [level, setLevel] = useState("info");
        const [text, setText] = useState("");
        const [isPaused, setPaused] = useState(false);
        const { lines, reason } = useLines(isPaused, returns);
        const wanted = text.trim().toLowerCase();
        const found = lines.filter(line => levels.indexOf(line.level) >= levels.indexOf(level)
            && (!wanted || `${line.message} ${line.node} ${line.source}`.toLowerCase().includes(wanted)));
        const shown = found.slice(-maxShown).reverse();
        const head = [["Time"], ["Level"], ["Node", "wide"], ["Source", "wide"], ["Message"]];
        return html`<h1 tabindex="-1">Log</h1>
            <div class="filters"><${Choice} label="Lowest level" options=${levels.map(one => [one, one])} value=${level}
                onChange=${setLevel} />
                <input type="search" aria-label="Find in messages, nodes and sources" placeholder="Message, node or source" value=${text}
                    onInput=${event => setText(event.target.value)} />
                <button type="button" aria-pressed=${isPaused ? "true" : "false"} onClick=${() => setPaused(!isPaused)}>
                    <${Icon} name=${isPaused ? "play" : "pause"} />${isPaused ? "Go on" : "Pause"}</button>
                <${LogLevel} nodes=${cluster ? cluster.nodes : []} /></div>
            ${reason && html`<p class="hint bad" role="status">${`The log was not read: ${reason}`}</p>`}
            ${shown.length === 0 ? html`<${Empty}
                title="No lines.">${lines.length ? "None matches the level and the text." : "Nothing was logged yet."}<//>`
                : html`<p class="hint">${format.plural(found.length, "line")}, newest first${found.length > maxShown
                    ? `; the newest ${maxShown} are shown` : ""}</p>
                <${Table} caption="Log" className="log" head=${head.map(([word, name]) => html`<th scope="col"
                    class=${name || ""}>${word}</th>`)}>
                ${shown.map(line => html`<${Line} key=${line.sequence} line=${line} />`)}<//>`}`;
    }

    Dash.log = { Log };
})(window.Dash);
