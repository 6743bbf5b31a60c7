"use strict";
// A cell for each chunk of a job, by state, node or time; and the words for one chunk.
(function (Dash) {
    const { html, useState, useMemo, Choice, Panel } = Dash.parts;
    const { Canvas, withAlpha } = Dash.charts;
    const { format } = Dash;
    const legend = [
        ["done", "done: the stronger, the slower its items"], ["running", "in flight"],
        ["failed", "with failed items"], ["requeued", "requeued"],
    ];
    const words = { running: "in flight", done: "done", failed: "done, with failed items", requeued: "requeued: it runs again" };

    /** Letters and tones of the holders of a job's chunks, in the order of their names. */
    function nameHolders(report) {
        const names = new Set([...report.holders.map(holder => holder.name), ...report.chunks.cells.map(cell => cell.holder)]);
        const sorted = [...names].filter(name => name != null).sort((a, b) => String(a).localeCompare(String(b), "en", { numeric: true }));
        return new Map(sorted.map((name, index) => [name, { index, letter: format.letter(index), tone: `n${index % 8}` }]));
    }

    /** One entry for each start: the last attempt, and how many there were before it. */
    function group(cells) {
        const byStart = new Map();
        for (const cell of cells) {
            const before = byStart.get(cell.start);
            const isLater = !before || cell.attempt >= before.cell.attempt;
            byStart.set(cell.start, { cell: isLater ? cell : before.cell, attempts: (before ? before.attempts : 0) + 1 });
        }
        return [...byStart.values()].sort((a, b) => a.cell.start - b.cell.start);
    }

    function timeOf(cell, elapsed) {
        const end = cell.end ?? elapsed;
        return (cell.state === "running" ? end - cell.begin : cell.work ?? end - cell.begin) / Math.max(1, cell.count);
    }

    /** How slow a chunk's items are, from 0 to 1: 1 is as slow as the slowest 2 %. */
    function getStrength(cells, elapsed) {
        const times = cells.map(cell => timeOf(cell, elapsed)).sort((a, b) => a - b);
        const slowest = Math.max(1e-9, times[Math.floor(times.length * 0.98)] || 0);
        return cell => Math.min(1, Math.max(0, timeOf(cell, elapsed)) / slowest);
    }

    function describe(cell, elapsed) {
        const span = cell.end == null ? `sent ${format.duration(elapsed - cell.begin)} ago`
            : `sent at ${format.duration(cell.begin)}, back at ${format.duration(cell.end)}`;
        const reason = Dash.jobParts.sizeReason(cell.sizeReason);
        const each = cell.state === "done" || cell.state === "failed" ? `, ${format.duration(timeOf(cell, elapsed))} each` : "";
        return `${format.range(cell.start, cell.count)}: ${words[cell.state] || cell.state}, on ${cell.holder ?? "no node"}, ${span}${each}`
            + (cell.waited > 0 ? `, waited ${format.duration(cell.waited)} there` : "")
            + (cell.attempt > 1 ? `, attempt ${cell.attempt}` : "") + (reason ? `; size: ${reason}` : "");
    }

    /** The line below a picture that says what the pointer, or the arrow keys, have chosen. */
    function Detail({ cell, holders, elapsed, hint }) {
        const holder = cell && holders.get(cell.holder);
        return html`<p class="detail">${cell ? html`<span class=${`key ${cell.state}`} aria-hidden="true"></span>
            ${holder && html`<b>${holder.letter}</b>`} ${describe(cell, elapsed)}` : html`<span class="note">${hint}</span>`}</p>`;
    }

    function hatch(context, x, y, width, height, colour) {
        context.save();
        context.beginPath();
        context.rect(x, y, width, height);
        context.clip();
        context.strokeStyle = colour;
        context.lineWidth = 1.25;
        context.beginPath();
        for (let at = x - height; at < x + width; at += 4) {
            context.moveTo(at, y + height);
            context.lineTo(at + height, y);
        }
        context.stroke();
        context.restore();
    }

    /** States differ in shape, not in colour alone: full, a frame, a cross, hatched. */
    function drawState(context, state, x, y, width, height, colours, strength = 1) {
        const colour = colours[state] || colours.cancelled;
        if (state === "running" || state === "requeued") {
            context.fillStyle = withAlpha(colour, 0.2);
            context.fillRect(x, y, width, height);
            if (state === "requeued") hatch(context, x, y, width, height, colour);
            else if (width > 3) {
                context.strokeStyle = colour;
                context.lineWidth = 1.5;
                context.strokeRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
            }
            return;
        }
        context.fillStyle = state === "done" ? withAlpha(colour, 0.5 + 0.5 * strength) : colour;
        context.fillRect(x, y, width, height);
        if (state !== "failed" || width < 5) return;
        context.strokeStyle = colours.surface;
        context.lineWidth = 1.5;
        context.beginPath();
        const inset = Math.min(width, height) * 0.25;
        const [middle, half] = [x + width / 2, Math.min(width, height) / 2 - inset];
        context.moveTo(middle - half, y + inset);
        context.lineTo(middle + half, y + height - inset);
        context.moveTo(middle + half, y + inset);
        context.lineTo(middle - half, y + height - inset);
        context.stroke();
    }

    function paintCell(context, entry, box, view) {
        const { cell, attempts } = entry;
        const { x, y, size } = box;
        const { mode, holders, colours, strength } = view;
        const holder = holders.get(cell.holder);
        const share = strength(cell);
        if (mode === "state") drawState(context, cell.state, x, y, size, size, colours, share);
        else {
            const tone = holder ? colours[holder.tone] : colours.idle;
            context.fillStyle = mode === "node" ? tone : withAlpha(colours.failed, 0.1 + 0.9 * share);
            context.fillRect(x, y, size, size);
        }
        if (attempts > 1 && mode === "state" && cell.state !== "requeued") {
            context.fillStyle = colours.requeued;
            context.beginPath();
            context.moveTo(x + size, y);
            context.lineTo(x + size - size / 2.5, y);
            context.lineTo(x + size, y + size / 2.5);
            context.fill();
        }
        if (size < 13 || !holder || (mode === "state" && (cell.state === "failed" || cell.state === "requeued"))) return;
        const isPale = mode === "time" || (mode === "state" && (cell.state === "running" || share < 0.6));
        context.fillStyle = isPale ? colours.text : colours.surface;
        context.fillText(holder.letter, x + size / 2, y + size / 2 + 0.5);
    }

    function layout(count, width) {
        const pitch = count <= 150 ? 24 : count <= 600 ? 18 : 11;
        const columns = Math.max(1, Math.floor(width / pitch));
        return { pitch, columns, height: Math.max(1, Math.ceil(count / columns)) * pitch };
    }

    function draw(entries, view) {
        return (context, width, height, colours) => {
            const { pitch, columns } = layout(entries.length, width);
            const size = pitch - 2;
            context.font = `600 ${Math.round(size * 0.6)}px system-ui, sans-serif`;
            context.textAlign = "center";
            context.textBaseline = "middle";
            const all = { ...view, colours };
            entries.forEach((entry, index) => {
                const box = { x: index % columns * pitch + 1, y: Math.floor(index / columns) * pitch + 1, size };
                paintCell(context, entry, box, all);
            });
        };
    }

    function mark(entries, chosen) {
        return (context, width, height, colours) => {
            const { pitch, columns } = layout(entries.length, width);
            const index = chosen ? entries.findIndex(entry => entry.cell === chosen) : -1;
            if (index < 0) return;
            context.strokeStyle = colours.text;
            context.lineWidth = 2;
            context.strokeRect(index % columns * pitch + 1, Math.floor(index / columns) * pitch + 1, pitch - 2, pitch - 2);
        };
    }

    function Legend({ mode, holders }) {
        if (mode === "time") return html`<p class="legend">pale: fast, deep red: as slow as the slowest 2 %</p>`;
        const keys = mode === "node" ? [...holders].slice(0, 26).map(([name, { letter, tone }]) => html`<span key=${name}>
            <i class=${`key ${tone}`} aria-hidden="true"></i><b>${letter}</b> ${name}</span>`)
            : legend.map(([state, word]) => html`
            <span key=${state}><i class=${`key ${state}`} aria-hidden="true"></i>${word}</span>`);
        return html`<p class="legend">${keys}</p>`;
    }

    function Chunks({ report, holders, chosen, onChoose }) {
        const [mode, setMode] = useState("state");
        const { cells, omitted } = report.chunks;
        const { elapsed } = report.job;
        const entries = useMemo(() => group(cells), [cells]);
        const strength = useMemo(() => getStrength(cells, elapsed), [cells, elapsed]);
        const at = Math.max(0, entries.findIndex(entry => entry.cell === chosen));
        const choose = index => entries.length && onChoose(entries[Math.min(entries.length - 1, Math.max(0, index))].cell);
        const onPointer = event => {
            const bounds = event.currentTarget.getBoundingClientRect();
            const { pitch, columns } = layout(entries.length, bounds.width);
            const column = Math.floor((event.clientX - bounds.left) / pitch);
            const index = Math.floor((event.clientY - bounds.top) / pitch) * columns + column;
            if (column < columns && index >= 0 && index < entries.length && entries[index].cell !== chosen) choose(index);
        };
        const onKeyDown = event => {
            const columns = layout(entries.length, event.currentTarget.clientWidth).columns;
            const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
            if (!Object.hasOwn(steps, event.key)) return;
            event.preventDefault();
            choose(chosen ? at + steps[event.key] : 0);
        };
        const note = `${format.plural(entries.length, "chunk")}${omitted ? `; ${format.count(omitted)} older ones are left out` : ""}`;
        const modes = [["state", "State"], ["node", "Node"], ["time", "Time"]];
        return html`<${Panel} title="Chunks" note=${note} wide
            tools=${html`<${Choice} label="Colour of the cells" options=${modes} value=${mode} onChange=${setMode} />`}>
            ${entries.length === 0 ? html`<p class="hint">No chunk has been sent yet.</p>` : html`
            <div class="cells" tabindex="0" role="slider" aria-label="Chunk" aria-valuemin="1" aria-valuemax=${entries.length}
                aria-valuenow=${at + 1}
                aria-valuetext=${describe(entries[at].cell, elapsed)} onKeyDown=${onKeyDown}>
                <${Canvas} hidden height=${width => layout(entries.length, width).height}
                    draw=${draw(entries, { mode, holders, strength })} mark=${mark(entries, chosen)}
                    stamp=${[report, mode]}
                        handlers=${{ onPointerMove: onPointer, onPointerDown: onPointer }} /></div>
            <${Legend} mode=${mode} holders=${holders} />
            <${Detail} cell=${chosen} holders=${holders} elapsed=${elapsed}
                hint="Point at a cell, or use the arrow keys. A letter names the node; a marked corner says that it ran before." />`}<//>`;
    }

    Dash.chunks = { Chunks, Detail, nameHolders, describe, drawState, getStrength };
})(window.Dash);
